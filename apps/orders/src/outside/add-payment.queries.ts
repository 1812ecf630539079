/** Types generated for queries found in "apps/orders/src/outside/add-payment.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'AddPayment' parameters type */
export interface IAddPaymentParams {
  amount: NumberOrString;
  id: string;
  orderId: string;
}

/** 'AddPayment' return type */
export type IAddPaymentResult = void;

/** 'AddPayment' query type */
export interface IAddPaymentQuery {
  params: IAddPaymentParams;
  result: IAddPaymentResult;
}

const addPaymentIR: any = {"usedParamSet":{"id":true,"orderId":true,"amount":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":57,"b":60}]},{"name":"orderId","required":true,"transform":{"type":"scalar"},"locs":[{"a":63,"b":71}]},{"name":"amount","required":true,"transform":{"type":"scalar"},"locs":[{"a":74,"b":81}]}],"statement":"insert into shop.payments (id, order_id, amount) values (:id!, :orderId!, :amount!)\non conflict (order_id, (amount < 0)) do nothing"};

/**
 * Query generated from SQL:
 * ```
 * insert into shop.payments (id, order_id, amount) values (:id!, :orderId!, :amount!)
 * on conflict (order_id, (amount < 0)) do nothing
 * ```
 */
export const addPayment = new PreparedQuery<IAddPaymentParams,IAddPaymentResult>(addPaymentIR);


