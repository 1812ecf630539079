/** Types generated for queries found in "apps/orders/src/placing/place-order.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'PlaceOrder' parameters type */
export interface IPlaceOrderParams {
  amount: NumberOrString;
  createdAt: DateOrString;
  eventId: string;
  id: string;
  slot: number;
  userId: string;
  value: Buffer;
}

/** 'PlaceOrder' return type */
export type IPlaceOrderResult = void;

/** 'PlaceOrder' query type */
export interface IPlaceOrderQuery {
  params: IPlaceOrderParams;
  result: IPlaceOrderResult;
}

const placeOrderIR: any = {"usedParamSet":{"id":true,"userId":true,"amount":true,"createdAt":true,"slot":true,"eventId":true,"value":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":87,"b":90}]},{"name":"userId","required":true,"transform":{"type":"scalar"},"locs":[{"a":93,"b":100},{"a":214,"b":221}]},{"name":"amount","required":true,"transform":{"type":"scalar"},"locs":[{"a":103,"b":110}]},{"name":"createdAt","required":true,"transform":{"type":"scalar"},"locs":[{"a":113,"b":123}]},{"name":"slot","required":true,"transform":{"type":"scalar"},"locs":[{"a":195,"b":200}]},{"name":"eventId","required":true,"transform":{"type":"scalar"},"locs":[{"a":203,"b":211}]},{"name":"value","required":true,"transform":{"type":"scalar"},"locs":[{"a":224,"b":230}]}],"statement":"with placed as (\n  insert into shop.orders (id, user_id, amount, created_at)\n  values (:id!, :userId!, :amount!, :createdAt!)\n)\ninsert into shop.order_outbox (slot, event_id, key, value)\nvalues (:slot!, :eventId!, :userId!, :value!)"};

/**
 * Query generated from SQL:
 * ```
 * with placed as (
 *   insert into shop.orders (id, user_id, amount, created_at)
 *   values (:id!, :userId!, :amount!, :createdAt!)
 * )
 * insert into shop.order_outbox (slot, event_id, key, value)
 * values (:slot!, :eventId!, :userId!, :value!)
 * ```
 */
export const placeOrder = new PreparedQuery<IPlaceOrderParams,IPlaceOrderResult>(placeOrderIR);


