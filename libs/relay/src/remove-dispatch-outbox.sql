/* Removes records that are in Kafka. Need not be durable, as in remove-outbox.sql. */
/* @name removeDispatchOutbox */
delete from dispatch_outbox o
using
  unnest(:ids!::bigint[]) as sent (id),
  (select set_config('synchronous_commit', 'off', true)) as faster
where o.id = sent.id;
