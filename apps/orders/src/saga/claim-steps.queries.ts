/** Types generated for queries found in "apps/orders/src/saga/claim-steps.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type saga_step = 'payment' | 'refund' | 'shipment';

export type NumberOrString = number | string;

/** 'ClaimSteps' parameters type */
export interface IClaimStepsParams {
  leaseMs: number;
  limit: NumberOrString;
}

/** 'ClaimSteps' return type */
export interface IClaimStepsResult {
  amount: number;
  attempts: number;
  orderId: string;
  step: saga_step;
}

/** 'ClaimSteps' query type */
export interface IClaimStepsQuery {
  params: IClaimStepsParams;
  result: IClaimStepsResult;
}

const claimStepsIR: any = {"usedParamSet":{"limit":true,"leaseMs":true},"params":[{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":144,"b":150}]},{"name":"leaseMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":253,"b":261}]}],"statement":"with due as materialized (\n  select order_id, step\n  from shop.order_steps\n  where status = 'due' and due_at <= now()\n  order by due_at\n  limit :limit!\n  for update skip locked\n)\nupdate shop.order_steps s\nset attempts = s.attempts + 1, due_at = now() + :leaseMs!::float8 * interval '1 millisecond'\nfrom due\n  join shop.orders o on o.id = due.order_id\nwhere s.order_id = due.order_id and s.step = due.step\nreturning s.order_id as \"orderId\", s.step, s.attempts, o.amount"};

/**
 * Query generated from SQL:
 * ```
 * with due as materialized (
 *   select order_id, step
 *   from shop.order_steps
 *   where status = 'due' and due_at <= now()
 *   order by due_at
 *   limit :limit!
 *   for update skip locked
 * )
 * update shop.order_steps s
 * set attempts = s.attempts + 1, due_at = now() + :leaseMs!::float8 * interval '1 millisecond'
 * from due
 *   join shop.orders o on o.id = due.order_id
 * where s.order_id = due.order_id and s.step = due.step
 * returning s.order_id as "orderId", s.step, s.attempts, o.amount
 * ```
 */
export const claimSteps = new PreparedQuery<IClaimStepsParams,IClaimStepsResult>(claimStepsIR);


