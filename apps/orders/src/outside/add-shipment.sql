/* Books a shipment. A second one of an order is a repeat and does nothing. */
/* @name addShipment */
insert into shop.shipments (id, order_id) values (:id!, :orderId!)
on conflict (order_id) do nothing;
