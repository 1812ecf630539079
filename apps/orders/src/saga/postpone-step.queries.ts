/** Types generated for queries found in "apps/orders/src/saga/postpone-step.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type saga_step = 'payment' | 'refund' | 'shipment';

/** 'PostponeStep' parameters type */
export interface IPostponeStepParams {
  delayMs: number;
  orderId: string;
  step: saga_step;
}

/** 'PostponeStep' return type */
export interface IPostponeStepResult {
  orderId: string;
}

/** 'PostponeStep' query type */
export interface IPostponeStepQuery {
  params: IPostponeStepParams;
  result: IPostponeStepResult;
}

const postponeStepIR: any = {"usedParamSet":{"delayMs":true,"orderId":true,"step":true},"params":[{"name":"delayMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":53}]},{"name":"orderId","required":true,"transform":{"type":"scalar"},"locs":[{"a":107,"b":115}]},{"name":"step","required":true,"transform":{"type":"scalar"},"locs":[{"a":128,"b":133}]}],"statement":"update shop.order_steps\nset due_at = now() + :delayMs!::float8 * interval '1 millisecond'\nwhere order_id = :orderId! and step = :step! and status = 'due'\nreturning order_id as \"orderId\""};

/**
 * Query generated from SQL:
 * ```
 * update shop.order_steps
 * set due_at = now() + :delayMs!::float8 * interval '1 millisecond'
 * where order_id = :orderId! and step = :step! and status = 'due'
 * returning order_id as "orderId"
 * ```
 */
export const postponeStep = new PreparedQuery<IPostponeStepParams,IPostponeStepResult>(postponeStepIR);


