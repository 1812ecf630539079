/*
  Claims up to :limit due steps. Each is due again after :leaseMs, unless it is settled or postponed before. So another
  process repeats the steps of one that died, under the same key.
*/
/* @name claimSteps */
with due as materialized (
  select order_id, step
  from shop.order_steps
  where status = 'due' and due_at <= now()
  order by due_at
  limit :limit!
  for update skip locked
)
update shop.order_steps s
set attempts = s.attempts + 1, due_at = now() + :leaseMs!::float8 * interval '1 millisecond'
from due
  join shop.orders o on o.id = due.order_id
where s.order_id = due.order_id and s.step = due.step
returning s.order_id as "orderId", s.step, s.attempts, o.amount;
