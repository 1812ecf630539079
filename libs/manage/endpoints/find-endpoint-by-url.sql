/* The oldest endpoint of a tenant with this very URL. */
/* @name findEndpointByUrl */
select id
from endpoints
where tenant = :tenant! and url_digest(url) = url_digest(:url!::text) and url = :url! and deleted_at is null
order by id
limit 1;
