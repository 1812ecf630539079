/*
  Ends a step, updates its order and adds the next step, if there is one. Only the first of several attempts does so, and
  returns the order's id.
*/
/* @name settleStep */
with settled as (
  update shop.order_steps
  set status = :status!, settled_at = now()
  where order_id = :orderId! and step = :step! and status = 'due'
  returning order_id
),
followed as (
  insert into shop.order_steps (order_id, step)
  select order_id, :next::shop.saga_step from settled where :next::shop.saga_step is not null
)
update shop.orders o
set status = :order!, updated_at = now()
from settled
where o.id = settled.order_id
returning o.id;
