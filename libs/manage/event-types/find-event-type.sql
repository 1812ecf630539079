/* One event type of a tenant, with the columns of list-event-types.sql. */
/* @name findEventType */
select
  id, name, description, schema, enforce, deprecated, version, created_at as "createdAt", updated_at as "updatedAt"
from event_types
where tenant = :tenant! and name = :name! and deleted_at is null;
