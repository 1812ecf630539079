/* An order's second shipment is the first one asked for again, and does nothing. */
/* @name addShipment */
insert into shop.shipments (id, order_id) values (:id!, :orderId!)
on conflict (order_id) do nothing;
