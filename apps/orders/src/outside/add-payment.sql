/* Books a payment, or a refund with a negative amount. A second one of an order is a repeat and does nothing. */
/* @name addPayment */
insert into shop.payments (id, order_id, amount) values (:id!, :orderId!, :amount!)
on conflict (order_id, (amount < 0)) do nothing;
