/** Types generated for queries found in "libs/manage/ledger/sum-lanes.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

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

const sumLanesIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  coalesce(l.endpoint, 0) as \"endpoint!\",\n  (coalesce(sum(l.tail_sequence), 0) - coalesce(sum(r.deliveries), 0))::bigint as \"tails!\",\n  (\n    coalesce(bit_xor(hashint8extended(l.tail_sequence, l.id) # hashint8extended(0, l.id)), 0)\n      # coalesce(bit_xor(r.fingerprint), 0)\n  )::text as \"sequences!\",\n  coalesce(sum(l.tail_sequence - l.closed_sequence), 0)::bigint as \"waitingInLanes!\",\n  coalesce(\n    bit_xor(hashint8extended(l.tail_sequence, l.id) # hashint8extended(l.closed_sequence, l.id)), 0\n  )::text as \"waiting!\",\n  coalesce(bool_or(l.replays <> 0), false) as \"replaying!\",\n  count(l.halted_sequence) as \"halted!\"\nfrom lanes l\n  full join retired_lanes r on r.lane = l.id\ngroup by coalesce(l.endpoint, 0)"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   coalesce(l.endpoint, 0) as "endpoint!",
 *   (coalesce(sum(l.tail_sequence), 0) - coalesce(sum(r.deliveries), 0))::bigint as "tails!",
 *   (
 *     coalesce(bit_xor(hashint8extended(l.tail_sequence, l.id) # hashint8extended(0, l.id)), 0)
 *       # coalesce(bit_xor(r.fingerprint), 0)
 *   )::text as "sequences!",
 *   coalesce(sum(l.tail_sequence - l.closed_sequence), 0)::bigint as "waitingInLanes!",
 *   coalesce(
 *     bit_xor(hashint8extended(l.tail_sequence, l.id) # hashint8extended(l.closed_sequence, l.id)), 0
 *   )::text as "waiting!",
 *   coalesce(bool_or(l.replays <> 0), false) as "replaying!",
 *   count(l.halted_sequence) as "halted!"
 * from lanes l
 *   full join retired_lanes r on r.lane = l.id
 * group by coalesce(l.endpoint, 0)
 * ```
 */
export const sumLanes = new PreparedQuery<ISumLanesParams,ISumLanesResult>(sumLanesIR);


