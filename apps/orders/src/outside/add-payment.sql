/* Books a payment, or with a negative amount a refund. An order's second one is the first one asked for again, and does nothing. */
/* @name addPayment */
insert into shop.payments (id, order_id, amount) values (:id!, :orderId!, :amount!)
on conflict (order_id, (amount < 0)) do nothing;
