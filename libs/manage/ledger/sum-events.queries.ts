/** Types generated for queries found in "libs/manage/ledger/sum-events.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'SumEvents' parameters type */
export interface ISumEventsParams {
  settledBefore?: string | null | void;
}

/** 'SumEvents' return type */
export interface ISumEventsResult {
  events: number;
  fingerprint: string | null;
  unsettled: string | null;
}

/** 'SumEvents' query type */
export interface ISumEventsQuery {
  params: ISumEventsParams;
  result: ISumEventsResult;
}

const sumEventsIR: any = {"usedParamSet":{"settledBefore":true},"params":[{"name":"settledBefore","required":false,"transform":{"type":"scalar"},"locs":[{"a":83,"b":96},{"a":120,"b":133},{"a":215,"b":228}]}],"statement":"select\n  count(*) as \"events!\",\n  bit_xor(uuid_hash_extended(id, 0)) filter (where :settledBefore::uuid is null or id < :settledBefore)::text as fingerprint,\n  bit_xor(uuid_hash_extended(id, 0)) filter (where id >= :settledBefore)::text as unsettled\nfrom kept_events"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   count(*) as "events!",
 *   bit_xor(uuid_hash_extended(id, 0)) filter (where :settledBefore::uuid is null or id < :settledBefore)::text as fingerprint,
 *   bit_xor(uuid_hash_extended(id, 0)) filter (where id >= :settledBefore)::text as unsettled
 * from kept_events
 * ```
 */
export const sumEvents = new PreparedQuery<ISumEventsParams,ISumEventsResult>(sumEventsIR);


