/** Types generated for queries found in "libs/ledger/src/sum-keys.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

/** 'SumKeys' parameters type */
export type ISumKeysParams = void;

/** 'SumKeys' return type */
export interface ISumKeysResult {
  fingerprint: string | null;
  keys: number;
}

/** 'SumKeys' query type */
export interface ISumKeysQuery {
  params: ISumKeysParams;
  result: ISumKeysResult;
}

const sumKeysIR: any = {"usedParamSet":{},"params":[],"statement":"select count(*) as \"keys!\", bit_xor(uuid_hash_extended(event_id, 0))::text as fingerprint\nfrom idempotency_keys"};

/**
 * Query generated from SQL:
 * ```
 * select count(*) as "keys!", bit_xor(uuid_hash_extended(event_id, 0))::text as fingerprint
 * from idempotency_keys
 * ```
 */
export const sumKeys = new PreparedQuery<ISumKeysParams,ISumKeysResult>(sumKeysIR);


/** 'ReadOldestKey' parameters type */
export type IReadOldestKeyParams = void;

/** 'ReadOldestKey' return type */
export interface IReadOldestKeyResult {
  oldest: string;
}

/** 'ReadOldestKey' query type */
export interface IReadOldestKeyQuery {
  params: IReadOldestKeyParams;
  result: IReadOldestKeyResult;
}

const readOldestKeyIR: any = {"usedParamSet":{},"params":[],"statement":"select event_id as \"oldest!\" from idempotency_keys order by event_id limit 1"};

/**
 * Query generated from SQL:
 * ```
 * select event_id as "oldest!" from idempotency_keys order by event_id limit 1
 * ```
 */
export const readOldestKey = new PreparedQuery<IReadOldestKeyParams,IReadOldestKeyResult>(readOldestKeyIR);


