/* The schema of an event type, unless it is not checked any more. */
/* @name findSchema */
select schema as "schema!"
from event_types
where id = :id! and deleted_at is null and enforce = 'reject' and schema is not null;
