/** Types generated for queries found in "libs/ledger/src/check-keys.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type NumberOrString = number | string;

/** 'CheckKeys' parameters type */
export interface ICheckKeysParams {
  examples: NumberOrString;
}

/** 'CheckKeys' return type */
export interface ICheckKeysResult {
  eventId: string;
  kind: string;
  total: number;
}

/** 'CheckKeys' query type */
export interface ICheckKeysQuery {
  params: ICheckKeysParams;
  result: ICheckKeysResult;
}

const checkKeysIR: any = {"usedParamSet":{"examples":true},"params":[{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":787,"b":796}]}],"statement":"with bounds as (\n  select substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \\(''([0-9a-f-]+)''\\)')::uuid as lowest\n  from pg_inherits i\n    join pg_class c on c.oid = i.inhrelid\n  where i.inhparent = 'events'::regclass\n),\noffending as (\n  select k.event_id\n  from idempotency_keys k\n  where\n    k.event_id >= (select lowest from bounds order by lowest limit 1)\n    and not exists (select from events e where e.id = k.event_id)\n    and not exists (\n      select from retired_days r\n      where\n        k.event_id >= uuid_floor(r.day::timestamp at time zone 'utc')\n        and k.event_id < uuid_floor((r.day + 1)::timestamp at time zone 'utc')\n    )\n)\nselect 'key_without_event' as \"kind!\", count(*) over () as \"total!\", event_id as \"eventId!\"\nfrom offending\norder by event_id\nlimit :examples!"};

/**
 * Query generated from SQL:
 * ```
 * with bounds as (
 *   select substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \(''([0-9a-f-]+)''\)')::uuid as lowest
 *   from pg_inherits i
 *     join pg_class c on c.oid = i.inhrelid
 *   where i.inhparent = 'events'::regclass
 * ),
 * offending as (
 *   select k.event_id
 *   from idempotency_keys k
 *   where
 *     k.event_id >= (select lowest from bounds order by lowest limit 1)
 *     and not exists (select from events e where e.id = k.event_id)
 *     and not exists (
 *       select from retired_days r
 *       where
 *         k.event_id >= uuid_floor(r.day::timestamp at time zone 'utc')
 *         and k.event_id < uuid_floor((r.day + 1)::timestamp at time zone 'utc')
 *     )
 * )
 * select 'key_without_event' as "kind!", count(*) over () as "total!", event_id as "eventId!"
 * from offending
 * order by event_id
 * limit :examples!
 * ```
 */
export const checkKeys = new PreparedQuery<ICheckKeysParams,ICheckKeysResult>(checkKeysIR);


