/** Types generated for queries found in "libs/upkeep/retire-day.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'RetireDay' parameters type */
export interface IRetireDayParams {
  day: string;
  endId: string;
  firstId: string;
}

/** 'RetireDay' return type */
export interface IRetireDayResult {
  deliveries: number;
  events: number;
}

/** 'RetireDay' query type */
export interface IRetireDayQuery {
  params: IRetireDayParams;
  result: IRetireDayResult;
}

const retireDayIR: any = {"usedParamSet":{"firstId":true,"endId":true,"day":true},"params":[{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":83,"b":91},{"a":595,"b":603}]},{"name":"endId","required":true,"transform":{"type":"scalar"},"locs":[{"a":102,"b":108},{"a":620,"b":626}]},{"name":"day","required":true,"transform":{"type":"scalar"},"locs":[{"a":1816,"b":1820}]}],"statement":"with accepted as (\n  select tenant, count(*) as events\n  from events\n  where id >= :firstId! and id < :endId!\n  group by tenant\n),\nsettled as materialized (\n  select\n    tenant, endpoint, lane, count(*) as deliveries,\n    count(*) filter (where status = 'delivered') as delivered,\n    count(*) filter (where status = 'dead') as dead,\n    count(*) filter (where status = 'discarded') as discarded,\n    count(caught_up) as caught_up,\n    coalesce(\n      bit_xor(hashint8extended(sequence, lane) # hashint8extended(sequence - 1, lane)), 0\n    ) as fingerprint\n  from deliveries\n  where event_id >= :firstId! and event_id < :endId!\n  group by tenant, endpoint, lane\n),\nby_tenant as (\n  insert into retired_events (tenant, events)\n  select tenant, events from accepted\n  on conflict (tenant) do update set events = retired_events.events + excluded.events\n),\nby_endpoint as (\n  insert into retired_deliveries (endpoint, tenant, delivered, dead, discarded, caught_up)\n  select endpoint, tenant, sum(delivered), sum(dead), sum(discarded), sum(caught_up)\n  from settled\n  group by endpoint, tenant\n  on conflict (endpoint) do update\n    set\n      delivered = retired_deliveries.delivered + excluded.delivered,\n      dead = retired_deliveries.dead + excluded.dead,\n      discarded = retired_deliveries.discarded + excluded.discarded,\n      caught_up = retired_deliveries.caught_up + excluded.caught_up\n),\nby_lane as (\n  insert into retired_lanes (lane, tenant, deliveries, fingerprint)\n  select lane, tenant, deliveries, fingerprint from settled where lane is not null\n  on conflict (lane) do update\n    set\n      deliveries = retired_lanes.deliveries + excluded.deliveries,\n      fingerprint = retired_lanes.fingerprint # excluded.fingerprint\n),\nretired as (\n  insert into retired_days (day, events, deliveries)\n  select\n    :day!::text::date,\n    (select coalesce(sum(events), 0) from accepted),\n    (select coalesce(sum(deliveries), 0) from settled)\n  returning day, events, deliveries\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\n  select\n    null, 'system', 'system', 'Lockstep', 'day.retired', to_char(day, 'YYYY-MM-DD'),\n    jsonb_build_object('events', events, 'deliveries', deliveries)\n  from retired\n)\nselect events, deliveries from retired"};

/**
 * Query generated from SQL:
 * ```
 * with accepted as (
 *   select tenant, count(*) as events
 *   from events
 *   where id >= :firstId! and id < :endId!
 *   group by tenant
 * ),
 * settled as materialized (
 *   select
 *     tenant, endpoint, lane, count(*) as deliveries,
 *     count(*) filter (where status = 'delivered') as delivered,
 *     count(*) filter (where status = 'dead') as dead,
 *     count(*) filter (where status = 'discarded') as discarded,
 *     count(caught_up) as caught_up,
 *     coalesce(
 *       bit_xor(hashint8extended(sequence, lane) # hashint8extended(sequence - 1, lane)), 0
 *     ) as fingerprint
 *   from deliveries
 *   where event_id >= :firstId! and event_id < :endId!
 *   group by tenant, endpoint, lane
 * ),
 * by_tenant as (
 *   insert into retired_events (tenant, events)
 *   select tenant, events from accepted
 *   on conflict (tenant) do update set events = retired_events.events + excluded.events
 * ),
 * by_endpoint as (
 *   insert into retired_deliveries (endpoint, tenant, delivered, dead, discarded, caught_up)
 *   select endpoint, tenant, sum(delivered), sum(dead), sum(discarded), sum(caught_up)
 *   from settled
 *   group by endpoint, tenant
 *   on conflict (endpoint) do update
 *     set
 *       delivered = retired_deliveries.delivered + excluded.delivered,
 *       dead = retired_deliveries.dead + excluded.dead,
 *       discarded = retired_deliveries.discarded + excluded.discarded,
 *       caught_up = retired_deliveries.caught_up + excluded.caught_up
 * ),
 * by_lane as (
 *   insert into retired_lanes (lane, tenant, deliveries, fingerprint)
 *   select lane, tenant, deliveries, fingerprint from settled where lane is not null
 *   on conflict (lane) do update
 *     set
 *       deliveries = retired_lanes.deliveries + excluded.deliveries,
 *       fingerprint = retired_lanes.fingerprint # excluded.fingerprint
 * ),
 * retired as (
 *   insert into retired_days (day, events, deliveries)
 *   select
 *     :day!::text::date,
 *     (select coalesce(sum(events), 0) from accepted),
 *     (select coalesce(sum(deliveries), 0) from settled)
 *   returning day, events, deliveries
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 *   select
 *     null, 'system', 'system', 'Lockstep', 'day.retired', to_char(day, 'YYYY-MM-DD'),
 *     jsonb_build_object('events', events, 'deliveries', deliveries)
 *   from retired
 * )
 * select events, deliveries from retired
 * ```
 */
export const retireDay = new PreparedQuery<IRetireDayParams,IRetireDayResult>(retireDayIR);


