/** Types generated for queries found in "libs/flow/operational-events/accept-operational-events.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'AcceptOperationalEvents' parameters type */
export interface IAcceptOperationalEventsParams {
  ids: stringArray;
  payloads: stringArray;
  rows: NumberOrStringArray;
  shards: numberArray;
  source: string;
}

/** 'AcceptOperationalEvents' return type */
export interface IAcceptOperationalEventsResult {
  accepted: number;
}

/** 'AcceptOperationalEvents' query type */
export interface IAcceptOperationalEventsQuery {
  params: IAcceptOperationalEventsParams;
  result: IAcceptOperationalEventsResult;
}

const acceptOperationalEventsIR: any = {"usedParamSet":{"rows":true,"ids":true,"shards":true,"payloads":true,"source":true},"params":[{"name":"rows","required":true,"transform":{"type":"scalar"},"locs":[{"a":217,"b":222}]},{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":235,"b":239}]},{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":250,"b":257}]},{"name":"payloads","required":true,"transform":{"type":"scalar"},"locs":[{"a":271,"b":280}]},{"name":"source","required":true,"transform":{"type":"scalar"},"locs":[{"a":727,"b":734}]}],"statement":"with taken as materialized (\n  -- Row by row, by key: the planner takes a queue that is empty most of the time for empty.\n  select n.place, o.tenant, o.type, o.entity, o.at, n.id, n.shard, n.payload\n  from\n    unnest(:rows!::bigint[], :ids!::uuid[], :shards!::integer[], :payloads!::text[]) as n (place, id, shard, payload)\n    cross join lateral (select tenant, type, entity, at from operational_events where operational_events.id = n.place for update) o\n),\ndeleted as (\n  delete from operational_events\n  where id = any(array(select place from taken))\n),\nstored as (\n  insert into events (id, tenant, shard, type, entity, occurred_at, source, content_type, accepted_by, payload)\n  select id, tenant, shard, type, entity, at, :source!, 'application/json', 'system', convert_to(payload, 'UTF8')\n  from taken\n  order by place\n  returning accept_seq, tenant, shard, id\n),\nqueued as (\n  insert into outbox (accept_seq, tenant, shard, event_id)\n  select accept_seq, tenant, shard, id from stored\n)\nselect count(*)::integer as \"accepted!\"\nfrom stored"};

/**
 * Query generated from SQL:
 * ```
 * with taken as materialized (
 *   -- Row by row, by key: the planner takes a queue that is empty most of the time for empty.
 *   select n.place, o.tenant, o.type, o.entity, o.at, n.id, n.shard, n.payload
 *   from
 *     unnest(:rows!::bigint[], :ids!::uuid[], :shards!::integer[], :payloads!::text[]) as n (place, id, shard, payload)
 *     cross join lateral (select tenant, type, entity, at from operational_events where operational_events.id = n.place for update) o
 * ),
 * deleted as (
 *   delete from operational_events
 *   where id = any(array(select place from taken))
 * ),
 * stored as (
 *   insert into events (id, tenant, shard, type, entity, occurred_at, source, content_type, accepted_by, payload)
 *   select id, tenant, shard, type, entity, at, :source!, 'application/json', 'system', convert_to(payload, 'UTF8')
 *   from taken
 *   order by place
 *   returning accept_seq, tenant, shard, id
 * ),
 * queued as (
 *   insert into outbox (accept_seq, tenant, shard, event_id)
 *   select accept_seq, tenant, shard, id from stored
 * )
 * select count(*)::integer as "accepted!"
 * from stored
 * ```
 */
export const acceptOperationalEvents = new PreparedQuery<IAcceptOperationalEventsParams,IAcceptOperationalEventsResult>(acceptOperationalEventsIR);


