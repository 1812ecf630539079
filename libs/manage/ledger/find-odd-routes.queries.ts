/** Types generated for queries found in "libs/manage/ledger/find-odd-routes.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindOddRoutes' parameters type */
export interface IFindOddRoutesParams {
  from: string;
  to: string;
}

/** 'FindOddRoutes' return type */
export interface IFindOddRoutesResult {
  from: string;
  to: string;
}

/** 'FindOddRoutes' query type */
export interface IFindOddRoutesQuery {
  params: IFindOddRoutesParams;
  result: IFindOddRoutesResult;
}

const findOddRoutesIR: any = {"usedParamSet":{"from":true,"to":true},"params":[{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":218,"b":223},{"a":476,"b":481},{"a":780,"b":785}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":246,"b":249},{"a":504,"b":507},{"a":851,"b":854}]}],"statement":"with promised as (\n  select\n    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,\n    sum(routes * (uuid_hash_extended(event_id, 0) >> 16)) as fingerprint\n  from kept_inbox\n  where event_id >= :from!::uuid and event_id < :to!::uuid\n  group by 1\n),\nmade as (\n  select\n    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,\n    sum(uuid_hash_extended(event_id, 0) >> 16) as fingerprint\n  from kept_deliveries\n  where event_id >= :from!::uuid and event_id < :to!::uuid and replay = 0 and caught_up is null\n  group by 1\n),\nodd as (\n  select coalesce(p.span, m.span) as span\n  from promised p\n    full join made m on m.span = p.span\n  where coalesce(p.fingerprint, 0) <> coalesce(m.fingerprint, 0)\n)\nselect\n  coalesce(uuid_floor(span), :from!) as \"from!\", coalesce(uuid_floor(span + interval '10 minutes'), :to!) as \"to!\"\nfrom odd\norder by 1"};

/**
 * Query generated from SQL:
 * ```
 * with promised as (
 *   select
 *     date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
 *     sum(routes * (uuid_hash_extended(event_id, 0) >> 16)) as fingerprint
 *   from kept_inbox
 *   where event_id >= :from!::uuid and event_id < :to!::uuid
 *   group by 1
 * ),
 * made as (
 *   select
 *     date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
 *     sum(uuid_hash_extended(event_id, 0) >> 16) as fingerprint
 *   from kept_deliveries
 *   where event_id >= :from!::uuid and event_id < :to!::uuid and replay = 0 and caught_up is null
 *   group by 1
 * ),
 * odd as (
 *   select coalesce(p.span, m.span) as span
 *   from promised p
 *     full join made m on m.span = p.span
 *   where coalesce(p.fingerprint, 0) <> coalesce(m.fingerprint, 0)
 * )
 * select
 *   coalesce(uuid_floor(span), :from!) as "from!", coalesce(uuid_floor(span + interval '10 minutes'), :to!) as "to!"
 * from odd
 * order by 1
 * ```
 */
export const findOddRoutes = new PreparedQuery<IFindOddRoutesParams,IFindOddRoutesResult>(findOddRoutesIR);


