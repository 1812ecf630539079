/* The first :limit operational events that are not accepted yet, in their order. */
/* @name readOperationalEvents */
select id, tenant, type, entity, data, at
from operational_events
order by id
limit :limit!;
