/** Types generated for queries found in "libs/manage/ledger/sum-keys.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'SumKeys' parameters type */
export type ISumKeysParams = void;

/** 'SumKeys' return type */
export interface ISumKeysResult {
  fingerprint: string;
  from: string | null;
  keys: number;
}

/** 'SumKeys' query type */
export interface ISumKeysQuery {
  params: ISumKeysParams;
  result: ISumKeysResult;
}

const sumKeysIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  uuid_floor(date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch')) as \"from?\",\n  count(*) as \"keys!\",\n  bit_xor(uuid_hash_extended(event_id, 0))::text as \"fingerprint!\"\nfrom idempotency_keys\ngroup by date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch')"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   uuid_floor(date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch')) as "from?",
 *   count(*) as "keys!",
 *   bit_xor(uuid_hash_extended(event_id, 0))::text as "fingerprint!"
 * from idempotency_keys
 * group by date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch')
 * ```
 */
export const sumKeys = new PreparedQuery<ISumKeysParams,ISumKeysResult>(sumKeysIR);


