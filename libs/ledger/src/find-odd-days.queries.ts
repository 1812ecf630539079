/** Types generated for queries found in "libs/ledger/src/find-odd-days.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

/** 'FindOddDays' parameters type */
export type IFindOddDaysParams = void;

/** 'FindOddDays' return type */
export interface IFindOddDaysResult {
  attempts: boolean;
  from: string;
  routes: boolean;
  to: string;
}

/** 'FindOddDays' query type */
export interface IFindOddDaysQuery {
  params: IFindOddDaysParams;
  result: IFindOddDaysResult;
}

const findOddDaysIR: any = {"usedParamSet":{},"params":[],"statement":"with promised as (\n  select\n    date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch') as day,\n    sum(routes * (uuid_hash_extended(event_id, 0) >> 16)) as fingerprint\n  from kept_inbox\n  group by 1\n),\nmade as (\n  select\n    date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch') as day,\n    coalesce(sum(uuid_hash_extended(event_id, 0) >> 16) filter (where replay = 0), 0) as routed,\n    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))\n      filter (where attempts > 0 or status in ('delivered', 'dead')) as attempts,\n    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))\n      filter (where status = 'delivered') as successes\n  from kept_deliveries\n  group by 1\n),\nattempted as (\n  select\n    date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch') as day,\n    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))\n      # coalesce(\n        bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + (number - 1) * 1099511627776))\n          filter (where number > 1),\n        0\n      ) as attempts,\n    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))\n      filter (where status_code between 200 and 299) as successes\n  from kept_attempts\n  group by 1\n),\ncompared as (\n  select\n    coalesce(m.day, p.day, a.day) as day,\n    coalesce(p.fingerprint, 0) <> coalesce(m.routed, 0) as routes,\n    coalesce(m.attempts, 0) <> coalesce(a.attempts, 0) or coalesce(m.successes, 0) <> coalesce(a.successes, 0) as attempts\n  from made m\n    full join promised p on p.day = m.day\n    full join attempted a on a.day = coalesce(m.day, p.day)\n)\nselect\n  uuid_floor(day) as \"from!\", uuid_floor(day + interval '1 day') as \"to!\", routes as \"routes!\", attempts as \"attempts!\"\nfrom compared\nwhere routes or attempts\norder by day"};

/**
 * Query generated from SQL:
 * ```
 * with promised as (
 *   select
 *     date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch') as day,
 *     sum(routes * (uuid_hash_extended(event_id, 0) >> 16)) as fingerprint
 *   from kept_inbox
 *   group by 1
 * ),
 * made as (
 *   select
 *     date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch') as day,
 *     coalesce(sum(uuid_hash_extended(event_id, 0) >> 16) filter (where replay = 0), 0) as routed,
 *     bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))
 *       filter (where attempts > 0 or status in ('delivered', 'dead')) as attempts,
 *     bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))
 *       filter (where status = 'delivered') as successes
 *   from kept_deliveries
 *   group by 1
 * ),
 * attempted as (
 *   select
 *     date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch') as day,
 *     bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))
 *       # coalesce(
 *         bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + (number - 1) * 1099511627776))
 *           filter (where number > 1),
 *         0
 *       ) as attempts,
 *     bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))
 *       filter (where status_code between 200 and 299) as successes
 *   from kept_attempts
 *   group by 1
 * ),
 * compared as (
 *   select
 *     coalesce(m.day, p.day, a.day) as day,
 *     coalesce(p.fingerprint, 0) <> coalesce(m.routed, 0) as routes,
 *     coalesce(m.attempts, 0) <> coalesce(a.attempts, 0) or coalesce(m.successes, 0) <> coalesce(a.successes, 0) as attempts
 *   from made m
 *     full join promised p on p.day = m.day
 *     full join attempted a on a.day = coalesce(m.day, p.day)
 * )
 * select
 *   uuid_floor(day) as "from!", uuid_floor(day + interval '1 day') as "to!", routes as "routes!", attempts as "attempts!"
 * from compared
 * where routes or attempts
 * order by day
 * ```
 */
export const findOddDays = new PreparedQuery<IFindOddDaysParams,IFindOddDaysResult>(findOddDaysIR);


