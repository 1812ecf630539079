/* Where inbox rows are that Kafka can't bring again any more, up to :limit of them. */
/* @name findExpiredInbox */
select ctid::text as "place!"
from shop.payments_inbox
where expires_at <= now()
limit :limit!;
