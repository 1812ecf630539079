/** Types generated for queries found in "apps/orders/src/saga/settle-step.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type order_status = 'cancelled' | 'confirmed' | 'created' | 'paid';

export type saga_step = 'payment' | 'refund' | 'shipment';

export type saga_step_status = 'done' | 'due' | 'refused';

/** 'SettleStep' parameters type */
export interface ISettleStepParams {
  next?: saga_step | null | void;
  order: order_status;
  orderId: string;
  status: saga_step_status;
  step: saga_step;
}

/** 'SettleStep' return type */
export interface ISettleStepResult {
  id: string;
}

/** 'SettleStep' query type */
export interface ISettleStepQuery {
  params: ISettleStepParams;
  result: ISettleStepResult;
}

const settleStepIR: any = {"usedParamSet":{"status":true,"orderId":true,"step":true,"next":true,"order":true},"params":[{"name":"status","required":true,"transform":{"type":"scalar"},"locs":[{"a":59,"b":66}]},{"name":"orderId","required":true,"transform":{"type":"scalar"},"locs":[{"a":107,"b":115}]},{"name":"step","required":true,"transform":{"type":"scalar"},"locs":[{"a":128,"b":133}]},{"name":"next","required":false,"transform":{"type":"scalar"},"locs":[{"a":259,"b":263},{"a":300,"b":304}]},{"name":"order","required":true,"transform":{"type":"scalar"},"locs":[{"a":370,"b":376}]}],"statement":"with settled as (\n  update shop.order_steps\n  set status = :status!, settled_at = now()\n  where order_id = :orderId! and step = :step! and status = 'due'\n  returning order_id\n),\nfollowed as (\n  insert into shop.order_steps (order_id, step)\n  select order_id, :next::shop.saga_step from settled where :next::shop.saga_step is not null\n)\nupdate shop.orders o\nset status = :order!, updated_at = now()\nfrom settled\nwhere o.id = settled.order_id\nreturning o.id"};

/**
 * Query generated from SQL:
 * ```
 * with settled as (
 *   update shop.order_steps
 *   set status = :status!, settled_at = now()
 *   where order_id = :orderId! and step = :step! and status = 'due'
 *   returning order_id
 * ),
 * followed as (
 *   insert into shop.order_steps (order_id, step)
 *   select order_id, :next::shop.saga_step from settled where :next::shop.saga_step is not null
 * )
 * update shop.orders o
 * set status = :order!, updated_at = now()
 * from settled
 * where o.id = settled.order_id
 * returning o.id
 * ```
 */
export const settleStep = new PreparedQuery<ISettleStepParams,ISettleStepResult>(settleStepIR);


