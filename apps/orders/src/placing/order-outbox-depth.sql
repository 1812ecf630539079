/* The number of orders whose event is not in Kafka yet. */
/* @name orderOutboxDepth */
select count(*)::integer as "depth!" from shop.order_outbox;
