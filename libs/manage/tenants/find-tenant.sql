/* One tenant. */
/* @name findTenant */
select
  id, number, name, metadata, enabled, rate_limit_per_second as "perSecond", rate_limit_burst as "burst",
  refuses_unknown_types as "refusesUnknownTypes", created_at as "createdAt", updated_at as "updatedAt"
from tenants
where id = :id!;
