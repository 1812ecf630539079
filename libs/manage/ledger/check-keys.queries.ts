/** Types generated for queries found in "libs/manage/ledger/check-keys.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CheckKeys' parameters type */
export interface ICheckKeysParams {
  examples: number;
  from: string;
  to: string;
}

/** 'CheckKeys' return type */
export interface ICheckKeysResult {
  eventId: string;
  kind: string;
  tenant: string;
  total: number;
}

/** 'CheckKeys' query type */
export interface ICheckKeysQuery {
  params: ICheckKeysParams;
  result: ICheckKeysResult;
}

const checkKeysIR: any = {"usedParamSet":{"from":true,"to":true,"examples":true},"params":[{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":441,"b":446},{"a":626,"b":631}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":471,"b":474},{"a":650,"b":653}]},{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":1464,"b":1473}]}],"statement":"with partitions as (\n  select\n    substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \\(''([0-9a-f-]+)''\\)')::uuid as lowest,\n    substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \\(''([0-9a-f-]+)''\\)')::uuid as above\n  from pg_inherits i\n    join pg_class c on c.oid = i.inhrelid\n  where i.inhparent = 'events'::regclass\n),\norphans as materialized (\n  select k.event_id, k.tenant\n  from idempotency_keys k\n  where\n    k.event_id >= :from!::uuid and k.event_id < :to!::uuid\n    -- With the bounds also here, other days' events are left out.\n    and not exists (select from events e where e.id = k.event_id and e.id >= :from!::uuid and e.id < :to!::uuid)\n),\noffending as (\n  select o.tenant, o.event_id\n  from orphans o\n  where\n    exists (select from partitions p where o.event_id >= p.lowest and o.event_id < p.above)\n    -- Its partition may be there and its events not: they are detached, and dropped, before the rest of the day.\n    and not exists (\n      select from retired_days r\n      where\n        o.event_id >= uuid_floor(r.day::timestamp at time zone 'utc')\n        and o.event_id < uuid_floor((r.day + 1)::timestamp at time zone 'utc')\n    )\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by tenant) as total,\n    row_number() over (partition by tenant order by event_id) as place\n  from offending\n)\nselect 'key_without_event' as \"kind!\", tenant as \"tenant!\", total as \"total!\", event_id as \"eventId!\"\nfrom counted\nwhere place <= :examples!::integer\norder by tenant, place"};

/**
 * Query generated from SQL:
 * ```
 * with partitions as (
 *   select
 *     substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \(''([0-9a-f-]+)''\)')::uuid as lowest,
 *     substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([0-9a-f-]+)''\)')::uuid as above
 *   from pg_inherits i
 *     join pg_class c on c.oid = i.inhrelid
 *   where i.inhparent = 'events'::regclass
 * ),
 * orphans as materialized (
 *   select k.event_id, k.tenant
 *   from idempotency_keys k
 *   where
 *     k.event_id >= :from!::uuid and k.event_id < :to!::uuid
 *     -- With the bounds also here, other days' events are left out.
 *     and not exists (select from events e where e.id = k.event_id and e.id >= :from!::uuid and e.id < :to!::uuid)
 * ),
 * offending as (
 *   select o.tenant, o.event_id
 *   from orphans o
 *   where
 *     exists (select from partitions p where o.event_id >= p.lowest and o.event_id < p.above)
 *     -- Its partition may be there and its events not: they are detached, and dropped, before the rest of the day.
 *     and not exists (
 *       select from retired_days r
 *       where
 *         o.event_id >= uuid_floor(r.day::timestamp at time zone 'utc')
 *         and o.event_id < uuid_floor((r.day + 1)::timestamp at time zone 'utc')
 *     )
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by tenant) as total,
 *     row_number() over (partition by tenant order by event_id) as place
 *   from offending
 * )
 * select 'key_without_event' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!"
 * from counted
 * where place <= :examples!::integer
 * order by tenant, place
 * ```
 */
export const checkKeys = new PreparedQuery<ICheckKeysParams,ICheckKeysResult>(checkKeysIR);


