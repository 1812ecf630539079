/** Types generated for queries found in "libs/manage/ledger/sum-attempts.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'SumAttempts' parameters type */
export type ISumAttemptsParams = void;

/** 'SumAttempts' return type */
export interface ISumAttemptsResult {
  attempts: string;
  successes: string;
}

/** 'SumAttempts' query type */
export interface ISumAttemptsQuery {
  params: ISumAttemptsParams;
  result: ISumAttemptsResult;
}

const sumAttemptsIR: any = {"usedParamSet":{},"params":[],"statement":"with sums as (\n  select\n    coalesce(\n      bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))\n        filter (where status_code between 200 and 299),\n      0\n    ) as successes,\n    coalesce(\n      bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))\n        filter (where (status_code between 200 and 299) is not true),\n      0\n    ) as failures,\n    coalesce(\n      bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + (number - 1) * 1099511627776))\n        filter (where number > 1),\n      0\n    ) as predecessors\n  from kept_attempts\n)\nselect (successes # failures # predecessors)::text as \"attempts!\", successes::text as \"successes!\"\nfrom sums"};

/**
 * Query generated from SQL:
 * ```
 * with sums as (
 *   select
 *     coalesce(
 *       bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))
 *         filter (where status_code between 200 and 299),
 *       0
 *     ) as successes,
 *     coalesce(
 *       bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + number * 1099511627776))
 *         filter (where (status_code between 200 and 299) is not true),
 *       0
 *     ) as failures,
 *     coalesce(
 *       bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + (number - 1) * 1099511627776))
 *         filter (where number > 1),
 *       0
 *     ) as predecessors
 *   from kept_attempts
 * )
 * select (successes # failures # predecessors)::text as "attempts!", successes::text as "successes!"
 * from sums
 * ```
 */
export const sumAttempts = new PreparedQuery<ISumAttemptsParams,ISumAttemptsResult>(sumAttemptsIR);


