/** Types generated for queries found in "libs/ledger/src/find-stuck.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type NumberOrString = number | string;

/** 'FindStuck' parameters type */
export interface IFindStuckParams {
  examples: NumberOrString;
  olderThanMs: number;
}

/** 'FindStuck' return type */
export interface IFindStuckResult {
  endpoint: number;
  eventId: string;
  kind: string;
  replay: number;
  total: number;
}

/** 'FindStuck' query type */
export interface IFindStuckQuery {
  params: IFindStuckParams;
  result: IFindStuckResult;
}

const findStuckIR: any = {"usedParamSet":{"olderThanMs":true,"examples":true},"params":[{"name":"olderThanMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":257,"b":269},{"a":585,"b":597}]},{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":746,"b":755}]}],"statement":"with pending as materialized (\n  select event_id, endpoint, replay, lane, created_at, next_attempt_at\n  from deliveries\n  where status = 'pending'\n),\nretrying as (\n  select distinct lane\n  from pending\n  where lane is not null and next_attempt_at > now() - :olderThanMs!::float8 * interval '1 millisecond'\n)\nselect\n  'stuck' as \"kind!\", count(*) over () as \"total!\", d.event_id as \"eventId!\", d.endpoint as \"endpoint!\",\n  d.replay as \"replay!\"\nfrom pending d\n  join endpoints p on p.id = d.endpoint\nwhere\n  p.status = 'active'\n  and greatest(d.created_at, d.next_attempt_at) < now() - :olderThanMs!::float8 * interval '1 millisecond'\n  and not exists (select from retrying r where r.lane = d.lane)\norder by d.event_id, d.endpoint, d.replay\nlimit :examples!"};

/**
 * Query generated from SQL:
 * ```
 * with pending as materialized (
 *   select event_id, endpoint, replay, lane, created_at, next_attempt_at
 *   from deliveries
 *   where status = 'pending'
 * ),
 * retrying as (
 *   select distinct lane
 *   from pending
 *   where lane is not null and next_attempt_at > now() - :olderThanMs!::float8 * interval '1 millisecond'
 * )
 * select
 *   'stuck' as "kind!", count(*) over () as "total!", d.event_id as "eventId!", d.endpoint as "endpoint!",
 *   d.replay as "replay!"
 * from pending d
 *   join endpoints p on p.id = d.endpoint
 * where
 *   p.status = 'active'
 *   and greatest(d.created_at, d.next_attempt_at) < now() - :olderThanMs!::float8 * interval '1 millisecond'
 *   and not exists (select from retrying r where r.lane = d.lane)
 * order by d.event_id, d.endpoint, d.replay
 * limit :examples!
 * ```
 */
export const findStuck = new PreparedQuery<IFindStuckParams,IFindStuckResult>(findStuckIR);


