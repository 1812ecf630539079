/** Types generated for queries found in "libs/ledger/src/find-odd-times.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

/** 'FindOddTimes' parameters type */
export interface IFindOddTimesParams {
  settledBefore: string;
}

/** 'FindOddTimes' return type */
export interface IFindOddTimesResult {
  from: string;
  to: string;
}

/** 'FindOddTimes' query type */
export interface IFindOddTimesQuery {
  params: IFindOddTimesParams;
  result: IFindOddTimesResult;
}

const findOddTimesIR: any = {"usedParamSet":{"settledBefore":true},"params":[{"name":"settledBefore","required":true,"transform":{"type":"scalar"},"locs":[{"a":183,"b":197},{"a":420,"b":434}]}],"statement":"with accepted as (\n  select\n    date_bin('10 minutes', uuid_extract_timestamp(id), 'epoch') as span, bit_xor(uuid_hash_extended(id, 0)) as fingerprint\n  from kept_events\n  where id < :settledBefore!::uuid\n  group by 1\n),\nadmitted as (\n  select\n    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,\n    bit_xor(uuid_hash_extended(event_id, 0)) as fingerprint\n  from kept_inbox\n  where event_id < :settledBefore!::uuid\n  group by 1\n),\nodd as (\n  select coalesce(a.span, i.span) as span\n  from accepted a\n    full join admitted i on i.span = a.span\n  where a.fingerprint is distinct from i.fingerprint\n)\nselect uuid_floor(span) as \"from!\", uuid_floor(span + interval '10 minutes') as \"to!\"\nfrom odd\norder by span"};

/**
 * Query generated from SQL:
 * ```
 * with accepted as (
 *   select
 *     date_bin('10 minutes', uuid_extract_timestamp(id), 'epoch') as span, bit_xor(uuid_hash_extended(id, 0)) as fingerprint
 *   from kept_events
 *   where id < :settledBefore!::uuid
 *   group by 1
 * ),
 * admitted as (
 *   select
 *     date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
 *     bit_xor(uuid_hash_extended(event_id, 0)) as fingerprint
 *   from kept_inbox
 *   where event_id < :settledBefore!::uuid
 *   group by 1
 * ),
 * odd as (
 *   select coalesce(a.span, i.span) as span
 *   from accepted a
 *     full join admitted i on i.span = a.span
 *   where a.fingerprint is distinct from i.fingerprint
 * )
 * select uuid_floor(span) as "from!", uuid_floor(span + interval '10 minutes') as "to!"
 * from odd
 * order by span
 * ```
 */
export const findOddTimes = new PreparedQuery<IFindOddTimesParams,IFindOddTimesResult>(findOddTimesIR);


