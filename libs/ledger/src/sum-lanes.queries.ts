/** Types generated for queries found in "libs/ledger/src/sum-lanes.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

/** 'SumLanes' parameters type */
export type ISumLanesParams = void;

/** 'SumLanes' return type */
export interface ISumLanesResult {
  endpoint: number;
  halted: number;
  replaying: boolean;
  sequences: string;
  tails: number;
  waiting: string;
  waitingInLanes: number;
}

/** 'SumLanes' query type */
export interface ISumLanesQuery {
  params: ISumLanesParams;
  result: ISumLanesResult;
}

const sumLanesIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  endpoint,\n  sum(tail_sequence)::bigint as \"tails!\",\n  bit_xor(hashint8extended(tail_sequence, id) # hashint8extended(0, id))::text as \"sequences!\",\n  sum(tail_sequence - closed_sequence)::bigint as \"waitingInLanes!\",\n  bit_xor(hashint8extended(tail_sequence, id) # hashint8extended(closed_sequence, id))::text as \"waiting!\",\n  bool_or(replays <> 0) as \"replaying!\",\n  count(halted_sequence) as \"halted!\"\nfrom lanes\ngroup by endpoint"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   endpoint,
 *   sum(tail_sequence)::bigint as "tails!",
 *   bit_xor(hashint8extended(tail_sequence, id) # hashint8extended(0, id))::text as "sequences!",
 *   sum(tail_sequence - closed_sequence)::bigint as "waitingInLanes!",
 *   bit_xor(hashint8extended(tail_sequence, id) # hashint8extended(closed_sequence, id))::text as "waiting!",
 *   bool_or(replays <> 0) as "replaying!",
 *   count(halted_sequence) as "halted!"
 * from lanes
 * group by endpoint
 * ```
 */
export const sumLanes = new PreparedQuery<ISumLanesParams,ISumLanesResult>(sumLanesIR);


