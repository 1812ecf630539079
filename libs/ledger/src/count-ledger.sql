/* How much there is of everything, as of this transaction's snapshot. */
/* @name countLedger */
select
  now() as "asOf!",
  (select count(*) from events) as "accepted!",
  (select count(*) from inbox) as "admitted!",
  d.pending as "pending!",
  d.delivered as "delivered!",
  d.dead as "dead!",
  d.discarded as "discarded!"
from (
  select
    count(*) filter (where status = 'pending') as pending,
    count(*) filter (where status = 'delivered') as delivered,
    count(*) filter (where status = 'dead') as dead,
    count(*) filter (where status = 'discarded') as discarded
  from deliveries
) d;
