/** Types generated for queries found in "libs/ledger/src/count-ledger.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

/** 'CountLedger' parameters type */
export type ICountLedgerParams = void;

/** 'CountLedger' return type */
export interface ICountLedgerResult {
  accepted: number;
  admitted: number;
  asOf: Date;
  dead: number;
  delivered: number;
  discarded: number;
  pending: number;
}

/** 'CountLedger' query type */
export interface ICountLedgerQuery {
  params: ICountLedgerParams;
  result: ICountLedgerResult;
}

const countLedgerIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  now() as \"asOf!\",\n  (select count(*) from kept_events) + r.events as \"accepted!\",\n  (select count(*) from kept_inbox) + r.events as \"admitted!\",\n  d.pending as \"pending!\",\n  d.delivered + x.delivered as \"delivered!\",\n  d.dead + x.dead as \"dead!\",\n  d.discarded + x.discarded as \"discarded!\"\nfrom (\n  select\n    count(*) filter (where status = 'pending') as pending,\n    count(*) filter (where status = 'delivered') as delivered,\n    count(*) filter (where status = 'dead') as dead,\n    count(*) filter (where status = 'discarded') as discarded\n  from kept_deliveries\n) d\n  cross join (select coalesce(sum(events), 0)::bigint as events from retired_events) r\n  cross join (\n    select\n      coalesce(sum(delivered), 0)::bigint as delivered, coalesce(sum(dead), 0)::bigint as dead,\n      coalesce(sum(discarded), 0)::bigint as discarded\n    from retired_deliveries\n  ) x"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   now() as "asOf!",
 *   (select count(*) from kept_events) + r.events as "accepted!",
 *   (select count(*) from kept_inbox) + r.events as "admitted!",
 *   d.pending as "pending!",
 *   d.delivered + x.delivered as "delivered!",
 *   d.dead + x.dead as "dead!",
 *   d.discarded + x.discarded as "discarded!"
 * from (
 *   select
 *     count(*) filter (where status = 'pending') as pending,
 *     count(*) filter (where status = 'delivered') as delivered,
 *     count(*) filter (where status = 'dead') as dead,
 *     count(*) filter (where status = 'discarded') as discarded
 *   from kept_deliveries
 * ) d
 *   cross join (select coalesce(sum(events), 0)::bigint as events from retired_events) r
 *   cross join (
 *     select
 *       coalesce(sum(delivered), 0)::bigint as delivered, coalesce(sum(dead), 0)::bigint as dead,
 *       coalesce(sum(discarded), 0)::bigint as discarded
 *     from retired_deliveries
 *   ) x
 * ```
 */
export const countLedger = new PreparedQuery<ICountLedgerParams,ICountLedgerResult>(countLedgerIR);


