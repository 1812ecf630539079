/** Types generated for queries found in "libs/manage/ledger/sum-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

/** 'SumDeliveries' parameters type */
export type ISumDeliveriesParams = void;

/** 'SumDeliveries' return type */
export interface ISumDeliveriesResult {
  attempts: string;
  caughtUp: number;
  deliveries: number;
  endpoint: number;
  inLanes: number;
  replays: number;
  routed: string;
  sequences: string;
  status: delivery_status;
}

/** 'SumDeliveries' query type */
export interface ISumDeliveriesQuery {
  params: ISumDeliveriesParams;
  result: ISumDeliveriesResult;
}

const sumDeliveriesIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  endpoint as \"endpoint!\",\n  status as \"status!\",\n  count(*) as \"deliveries!\",\n  count(*) filter (where replay <> 0) as \"replays!\",\n  coalesce(sum(uuid_hash_extended(event_id, 0) >> 16) filter (where replay = 0 and caught_up is null), 0)::text as \"routed!\",\n  count(caught_up) as \"caughtUp!\",\n  count(lane) as \"inLanes!\",\n  coalesce(bit_xor(hashint8extended(sequence, lane) # hashint8extended(sequence - 1, lane)), 0)::text as \"sequences!\",\n  coalesce(\n    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))\n      filter (where attempts > 0 or status in ('delivered', 'dead')),\n    0\n  )::text as \"attempts!\"\nfrom kept_deliveries\ngroup by endpoint, status"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   endpoint as "endpoint!",
 *   status as "status!",
 *   count(*) as "deliveries!",
 *   count(*) filter (where replay <> 0) as "replays!",
 *   coalesce(sum(uuid_hash_extended(event_id, 0) >> 16) filter (where replay = 0 and caught_up is null), 0)::text as "routed!",
 *   count(caught_up) as "caughtUp!",
 *   count(lane) as "inLanes!",
 *   coalesce(bit_xor(hashint8extended(sequence, lane) # hashint8extended(sequence - 1, lane)), 0)::text as "sequences!",
 *   coalesce(
 *     bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))
 *       filter (where attempts > 0 or status in ('delivered', 'dead')),
 *     0
 *   )::text as "attempts!"
 * from kept_deliveries
 * group by endpoint, status
 * ```
 */
export const sumDeliveries = new PreparedQuery<ISumDeliveriesParams,ISumDeliveriesResult>(sumDeliveriesIR);


