/** Types generated for queries found in "apps/orders/src/placing/order-outbox-depth.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'OrderOutboxDepth' parameters type */
export type IOrderOutboxDepthParams = void;

/** 'OrderOutboxDepth' return type */
export interface IOrderOutboxDepthResult {
  depth: number;
}

/** 'OrderOutboxDepth' query type */
export interface IOrderOutboxDepthQuery {
  params: IOrderOutboxDepthParams;
  result: IOrderOutboxDepthResult;
}

const orderOutboxDepthIR: any = {"usedParamSet":{},"params":[],"statement":"select count(*)::integer as \"depth!\" from shop.order_outbox"};

/**
 * Query generated from SQL:
 * ```
 * select count(*)::integer as "depth!" from shop.order_outbox
 * ```
 */
export const orderOutboxDepth = new PreparedQuery<IOrderOutboxDepthParams,IOrderOutboxDepthResult>(orderOutboxDepthIR);


