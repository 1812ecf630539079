/* Finds those of a tenant's events that have dead deliveries. */
/* @name findDeadEvents */
select distinct d.event_id as "event"
from deliveries d
where
  d.event_id = any(:events!::uuid[]) and d.event_id between :firstId! and :lastId! and d.tenant = :tenant! and d.status = 'dead';
