/* The ctids of up to :limit inbox rows whose record Kafka has deleted. */
/* @name findExpiredInbox */
select ctid::text as "place!"
from shop.payments_inbox
where expires_at <= now()
limit :limit!;
