/* How many orders wait for Kafka. */
/* @name orderOutboxDepth */
select count(*)::integer as "depth!" from shop.order_outbox;
