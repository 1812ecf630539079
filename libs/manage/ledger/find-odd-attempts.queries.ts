/** Types generated for queries found in "libs/manage/ledger/find-odd-attempts.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindOddAttempts' parameters type */
export interface IFindOddAttemptsParams {
  from: string;
  to: string;
}

/** 'FindOddAttempts' return type */
export interface IFindOddAttemptsResult {
  from: string;
  to: string;
}

/** 'FindOddAttempts' query type */
export interface IFindOddAttemptsQuery {
  params: IFindOddAttemptsParams;
  result: IFindOddAttemptsResult;
}

const findOddAttemptsIR: any = {"usedParamSet":{"from":true,"to":true},"params":[{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":485,"b":490},{"a":1142,"b":1147},{"a":1463,"b":1468}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":513,"b":516},{"a":1170,"b":1173},{"a":1534,"b":1537}]}],"statement":"with made as (\n  select\n    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,\n    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))\n      filter (where attempts > 0 or status in ('delivered', 'dead')) as attempts,\n    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))\n      filter (where status = 'delivered') as successes\n  from kept_deliveries\n  where event_id >= :from!::uuid and event_id < :to!::uuid\n  group by 1\n),\nrecorded as (\n  select\n    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,\n    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))\n      # coalesce(\n        bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + (number - 1) * 1099511627776))\n          filter (where number > 1),\n        0\n      ) as attempts,\n    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))\n      filter (where status_code between 200 and 299) as successes\n  from kept_attempts\n  where event_id >= :from!::uuid and event_id < :to!::uuid\n  group by 1\n),\nodd as (\n  select coalesce(m.span, r.span) as span\n  from made m\n    full join recorded r on r.span = m.span\n  where\n    coalesce(m.attempts, 0) <> coalesce(r.attempts, 0) or coalesce(m.successes, 0) <> coalesce(r.successes, 0)\n)\nselect\n  coalesce(uuid_floor(span), :from!) as \"from!\", coalesce(uuid_floor(span + interval '10 minutes'), :to!) as \"to!\"\nfrom odd\norder by 1"};

/**
 * Query generated from SQL:
 * ```
 * with made as (
 *   select
 *     date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
 *     bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))
 *       filter (where attempts > 0 or status in ('delivered', 'dead')) as attempts,
 *     bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))
 *       filter (where status = 'delivered') as successes
 *   from kept_deliveries
 *   where event_id >= :from!::uuid and event_id < :to!::uuid
 *   group by 1
 * ),
 * recorded as (
 *   select
 *     date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
 *     bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))
 *       # coalesce(
 *         bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + (number - 1) * 1099511627776))
 *           filter (where number > 1),
 *         0
 *       ) as attempts,
 *     bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))
 *       filter (where status_code between 200 and 299) as successes
 *   from kept_attempts
 *   where event_id >= :from!::uuid and event_id < :to!::uuid
 *   group by 1
 * ),
 * odd as (
 *   select coalesce(m.span, r.span) as span
 *   from made m
 *     full join recorded r on r.span = m.span
 *   where
 *     coalesce(m.attempts, 0) <> coalesce(r.attempts, 0) or coalesce(m.successes, 0) <> coalesce(r.successes, 0)
 * )
 * select
 *   coalesce(uuid_floor(span), :from!) as "from!", coalesce(uuid_floor(span + interval '10 minutes'), :to!) as "to!"
 * from odd
 * order by 1
 * ```
 */
export const findOddAttempts = new PreparedQuery<IFindOddAttemptsParams,IFindOddAttemptsResult>(findOddAttemptsIR);


