/*
  Lists a tenant's event types below :before (a narrow key), newest first. At most :limit, and as many as have :bytes of
  texts together, but at least one. "followed" says whether there are more.
*/
/* @name listEventTypes */
select
  id, name, description, schema, enforce, deprecated, version, created_at as "createdAt", updated_at as "updatedAt",
  followed as "followed!"
from (
    select
      t.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,
      sum(octet_length(t.description) + coalesce(octet_length(t.schema), 0)) over newest_first as bytes
    from (
        select *
        from event_types
        where tenant = :tenant! and deleted_at is null and id < :before!
        order by id desc
        limit :limit!
      ) t
    window newest_first as (order by t.id desc)
  ) b
where place = 1 or bytes <= :bytes!::integer
order by id desc;
