/* Postpones a step without a clear answer by :delayMs. */
/* @name postponeStep */
update shop.order_steps
set due_at = now() + :delayMs!::float8 * interval '1 millisecond'
where order_id = :orderId! and step = :step! and status = 'due'
returning order_id as "orderId";
