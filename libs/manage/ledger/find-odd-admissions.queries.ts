/** Types generated for queries found in "libs/manage/ledger/find-odd-admissions.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindOddAdmissions' parameters type */
export interface IFindOddAdmissionsParams {
  from: string;
  to: string;
}

/** 'FindOddAdmissions' return type */
export interface IFindOddAdmissionsResult {
  from: string;
  to: string;
}

/** 'FindOddAdmissions' query type */
export interface IFindOddAdmissionsQuery {
  params: IFindOddAdmissionsParams;
  result: IFindOddAdmissionsResult;
}

const findOddAdmissionsIR: any = {"usedParamSet":{"from":true,"to":true},"params":[{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":184,"b":189},{"a":433,"b":438},{"a":692,"b":697}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":206,"b":209},{"a":461,"b":464},{"a":763,"b":766}]}],"statement":"with accepted as (\n  select\n    date_bin('10 minutes', uuid_extract_timestamp(id), 'epoch') as span, bit_xor(uuid_hash_extended(id, 0)) as fingerprint\n  from kept_events\n  where id >= :from!::uuid and id < :to!::uuid\n  group by 1\n),\nadmitted as (\n  select\n    date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,\n    bit_xor(uuid_hash_extended(event_id, 0)) as fingerprint\n  from kept_inbox\n  where event_id >= :from!::uuid and event_id < :to!::uuid\n  group by 1\n),\nodd as (\n  select coalesce(a.span, i.span) as span\n  from accepted a\n    full join admitted i on i.span = a.span\n  where a.fingerprint is distinct from i.fingerprint\n)\nselect\n  coalesce(uuid_floor(span), :from!) as \"from!\", coalesce(uuid_floor(span + interval '10 minutes'), :to!) as \"to!\"\nfrom odd\norder by 1"};

/**
 * Query generated from SQL:
 * ```
 * with accepted as (
 *   select
 *     date_bin('10 minutes', uuid_extract_timestamp(id), 'epoch') as span, bit_xor(uuid_hash_extended(id, 0)) as fingerprint
 *   from kept_events
 *   where id >= :from!::uuid and id < :to!::uuid
 *   group by 1
 * ),
 * admitted as (
 *   select
 *     date_bin('10 minutes', uuid_extract_timestamp(event_id), 'epoch') as span,
 *     bit_xor(uuid_hash_extended(event_id, 0)) as fingerprint
 *   from kept_inbox
 *   where event_id >= :from!::uuid and event_id < :to!::uuid
 *   group by 1
 * ),
 * odd as (
 *   select coalesce(a.span, i.span) as span
 *   from accepted a
 *     full join admitted i on i.span = a.span
 *   where a.fingerprint is distinct from i.fingerprint
 * )
 * select
 *   coalesce(uuid_floor(span), :from!) as "from!", coalesce(uuid_floor(span + interval '10 minutes'), :to!) as "to!"
 * from odd
 * order by 1
 * ```
 */
export const findOddAdmissions = new PreparedQuery<IFindOddAdmissionsParams,IFindOddAdmissionsResult>(findOddAdmissionsIR);


