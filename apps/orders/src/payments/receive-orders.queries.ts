/** Types generated for queries found in "apps/orders/src/payments/receive-orders.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'ReceiveOrders' parameters type */
export interface IReceiveOrdersParams {
  eventIds: stringArray;
  orderIds: stringArray;
  retentionMs: number;
}

/** 'ReceiveOrders' return type */
export interface IReceiveOrdersResult {
  received: number;
}

/** 'ReceiveOrders' query type */
export interface IReceiveOrdersQuery {
  params: IReceiveOrdersParams;
  result: IReceiveOrdersResult;
}

const receiveOrdersIR: any = {"usedParamSet":{"retentionMs":true,"eventIds":true,"orderIds":true},"params":[{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":159,"b":171}]},{"name":"eventIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":222,"b":231}]},{"name":"orderIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":242,"b":251}]}],"statement":"with received as (\n  insert into shop.payments_inbox (event_id, order_id, user_id, amount, expires_at)\n  select e.event_id, o.id, o.user_id, o.amount, now() + :retentionMs!::float8 * interval '1 millisecond'\n  from unnest(:eventIds!::uuid[], :orderIds!::uuid[]) as e (event_id, order_id)\n    join shop.orders o on o.id = e.order_id\n  order by e.event_id\n  on conflict do nothing\n  returning order_id\n),\nbegun as (\n  insert into shop.order_steps (order_id, step)\n  select order_id, 'payment' from received\n  order by order_id\n  on conflict do nothing\n  returning order_id\n),\nsummed as (\n  insert into shop.payment_totals as total (user_id, orders, amount)\n  select o.user_id, count(*), sum(o.amount)\n  from begun\n    join shop.orders o on o.id = begun.order_id\n  group by o.user_id\n  order by o.user_id\n  on conflict (user_id) do update set orders = total.orders + excluded.orders, amount = total.amount + excluded.amount\n)\nselect count(*)::integer as \"received!\" from received"};

/**
 * Query generated from SQL:
 * ```
 * with received as (
 *   insert into shop.payments_inbox (event_id, order_id, user_id, amount, expires_at)
 *   select e.event_id, o.id, o.user_id, o.amount, now() + :retentionMs!::float8 * interval '1 millisecond'
 *   from unnest(:eventIds!::uuid[], :orderIds!::uuid[]) as e (event_id, order_id)
 *     join shop.orders o on o.id = e.order_id
 *   order by e.event_id
 *   on conflict do nothing
 *   returning order_id
 * ),
 * begun as (
 *   insert into shop.order_steps (order_id, step)
 *   select order_id, 'payment' from received
 *   order by order_id
 *   on conflict do nothing
 *   returning order_id
 * ),
 * summed as (
 *   insert into shop.payment_totals as total (user_id, orders, amount)
 *   select o.user_id, count(*), sum(o.amount)
 *   from begun
 *     join shop.orders o on o.id = begun.order_id
 *   group by o.user_id
 *   order by o.user_id
 *   on conflict (user_id) do update set orders = total.orders + excluded.orders, amount = total.amount + excluded.amount
 * )
 * select count(*)::integer as "received!" from received
 * ```
 */
export const receiveOrders = new PreparedQuery<IReceiveOrdersParams,IReceiveOrdersResult>(receiveOrdersIR);


