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

const countLedgerIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  now() as \"asOf!\",\n  (select count(*) from events) as \"accepted!\",\n  (select count(*) from inbox) as \"admitted!\",\n  d.pending as \"pending!\",\n  d.delivered as \"delivered!\",\n  d.dead as \"dead!\",\n  d.discarded as \"discarded!\"\nfrom (\n  select\n    count(*) filter (where status = 'pending') as pending,\n    count(*) filter (where status = 'delivered') as delivered,\n    count(*) filter (where status = 'dead') as dead,\n    count(*) filter (where status = 'discarded') as discarded\n  from deliveries\n) d"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   now() as "asOf!",
 *   (select count(*) from events) as "accepted!",
 *   (select count(*) from inbox) as "admitted!",
 *   d.pending as "pending!",
 *   d.delivered as "delivered!",
 *   d.dead as "dead!",
 *   d.discarded as "discarded!"
 * from (
 *   select
 *     count(*) filter (where status = 'pending') as pending,
 *     count(*) filter (where status = 'delivered') as delivered,
 *     count(*) filter (where status = 'dead') as dead,
 *     count(*) filter (where status = 'discarded') as discarded
 *   from deliveries
 * ) d
 * ```
 */
export const countLedger = new PreparedQuery<ICountLedgerParams,ICountLedgerResult>(countLedgerIR);


