/** Types generated for queries found in "apps/orders/src/outside/add-shipment.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'AddShipment' parameters type */
export interface IAddShipmentParams {
  id: string;
  orderId: string;
}

/** 'AddShipment' return type */
export type IAddShipmentResult = void;

/** 'AddShipment' query type */
export interface IAddShipmentQuery {
  params: IAddShipmentParams;
  result: IAddShipmentResult;
}

const addShipmentIR: any = {"usedParamSet":{"id":true,"orderId":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":50,"b":53}]},{"name":"orderId","required":true,"transform":{"type":"scalar"},"locs":[{"a":56,"b":64}]}],"statement":"insert into shop.shipments (id, order_id) values (:id!, :orderId!)\non conflict (order_id) do nothing"};

/**
 * Query generated from SQL:
 * ```
 * insert into shop.shipments (id, order_id) values (:id!, :orderId!)
 * on conflict (order_id) do nothing
 * ```
 */
export const addShipment = new PreparedQuery<IAddShipmentParams,IAddShipmentResult>(addShipmentIR);


