/* Since when each endpoint's oldest pending delivery has been there. */
/* @name findOldest */
select endpoint as "endpoint!", min(created_at) as "oldestAt!"
from kept_deliveries
where status = 'pending'
group by endpoint;
