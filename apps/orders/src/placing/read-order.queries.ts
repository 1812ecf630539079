/** Types generated for queries found in "apps/orders/src/placing/read-order.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type order_status = 'cancelled' | 'confirmed' | 'created' | 'paid';

/** 'ReadOrder' parameters type */
export interface IReadOrderParams {
  id: string;
}

/** 'ReadOrder' return type */
export interface IReadOrderResult {
  amount: number;
  createdAt: Date;
  id: string;
  status: order_status;
  userId: string;
}

/** 'ReadOrder' query type */
export interface IReadOrderQuery {
  params: IReadOrderParams;
  result: IReadOrderResult;
}

const readOrderIR: any = {"usedParamSet":{"id":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":102,"b":105}]}],"statement":"select id, user_id as \"userId\", amount, status, created_at as \"createdAt\"\nfrom shop.orders\nwhere id = :id!"};

/**
 * Query generated from SQL:
 * ```
 * select id, user_id as "userId", amount, status, created_at as "createdAt"
 * from shop.orders
 * where id = :id!
 * ```
 */
export const readOrder = new PreparedQuery<IReadOrderParams,IReadOrderResult>(readOrderIR);


