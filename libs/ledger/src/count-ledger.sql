/* How much there is of everything, and was before its day was retired, as of this transaction's snapshot. */
/* @name countLedger */
select
  now() as "asOf!",
  (select count(*) from kept_events) + r.events as "accepted!",
  (select count(*) from kept_inbox) + r.events as "admitted!",
  d.pending as "pending!",
  d.delivered + x.delivered as "delivered!",
  d.dead + x.dead as "dead!",
  d.discarded + x.discarded as "discarded!"
from (
  select
    count(*) filter (where status = 'pending') as pending,
    count(*) filter (where status = 'delivered') as delivered,
    count(*) filter (where status = 'dead') as dead,
    count(*) filter (where status = 'discarded') as discarded
  from kept_deliveries
) d
  cross join (select coalesce(sum(events), 0)::bigint as events from retired_events) r
  cross join (
    select
      coalesce(sum(delivered), 0)::bigint as delivered, coalesce(sum(dead), 0)::bigint as dead,
      coalesce(sum(discarded), 0)::bigint as discarded
    from retired_deliveries
  ) x;
