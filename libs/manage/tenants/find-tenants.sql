/*
  Lists the tenants below :before (a number), newest first. At most :limit, and as many as have :bytes of settings together,
  but at least one. "followed" says whether there are more. The metadata is measured as text: see find-endpoints.sql.
*/
/* @name findTenants */
select
  id, number, name, metadata, enabled, rate_limit_per_second as "perSecond", rate_limit_burst as "burst",
  refuses_unknown_types as "refusesUnknownTypes", created_at as "createdAt", updated_at as "updatedAt",
  followed as "followed!"
from (
    select
      t.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,
      sum(octet_length(t.name) + octet_length(t.metadata::text)) over newest_first as bytes
    from (
        select * from tenants where number < :before! order by number desc limit :limit!
      ) t
    window newest_first as (order by t.number desc)
  ) b
where place = 1 or bytes <= :bytes!::integer
order by number desc;
