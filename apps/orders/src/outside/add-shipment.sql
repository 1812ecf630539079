/* @name addShipment */
insert into shipments (id, order_id) values (:id!, :orderId!);
