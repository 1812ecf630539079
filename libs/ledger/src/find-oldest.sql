/* Since when each endpoint's oldest pending delivery has been there. */
/* @name findOldest */
select endpoint, min(created_at) as "oldestAt!"
from deliveries
where status = 'pending'
group by endpoint;
