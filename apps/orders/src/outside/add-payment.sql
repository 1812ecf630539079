/* @name addPayment */
insert into payments (id, order_id, amount) values (:id!, :orderId!, :amount!);
