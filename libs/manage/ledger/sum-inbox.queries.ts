/** Types generated for queries found in "libs/manage/ledger/sum-inbox.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'SumInbox' parameters type */
export interface ISumInboxParams {
  apart: boolean;
  settledBefore?: string | null | void;
}

/** 'SumInbox' return type */
export interface ISumInboxResult {
  admitted: number;
  fingerprint: string | null;
  promised: string;
  tenant: string | null;
}

/** 'SumInbox' query type */
export interface ISumInboxQuery {
  params: ISumInboxParams;
  result: ISumInboxResult;
}

const sumInboxIR: any = {"usedParamSet":{"apart":true,"settledBefore":true},"params":[{"name":"apart","required":true,"transform":{"type":"scalar"},"locs":[{"a":19,"b":25},{"a":343,"b":349}]},{"name":"settledBefore","required":false,"transform":{"type":"scalar"},"locs":[{"a":150,"b":163},{"a":193,"b":206}]}],"statement":"select\n  case when :apart!::boolean then tenant end as \"tenant?\",\n  count(*) as \"admitted!\",\n  bit_xor(uuid_hash_extended(event_id, 0)) filter (where :settledBefore::uuid is null or event_id < :settledBefore)::text as fingerprint,\n  sum(routes * (uuid_hash_extended(event_id, 0) >> 16))::text as \"promised!\"\nfrom kept_inbox\ngroup by case when :apart!::boolean then tenant end"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   case when :apart!::boolean then tenant end as "tenant?",
 *   count(*) as "admitted!",
 *   bit_xor(uuid_hash_extended(event_id, 0)) filter (where :settledBefore::uuid is null or event_id < :settledBefore)::text as fingerprint,
 *   sum(routes * (uuid_hash_extended(event_id, 0) >> 16))::text as "promised!"
 * from kept_inbox
 * group by case when :apart!::boolean then tenant end
 * ```
 */
export const sumInbox = new PreparedQuery<ISumInboxParams,ISumInboxResult>(sumInboxIR);


