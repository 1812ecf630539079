/* Stores an order and its event, in the transaction of its idempotency key. */
/* @name placeOrder */
with placed as (
  insert into shop.orders (id, user_id, amount, created_at)
  values (:id!, :userId!, :amount!, :createdAt!)
)
insert into shop.order_outbox (slot, event_id, key, value)
values (:slot!, :eventId!, :userId!, :value!);
