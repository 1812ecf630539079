/*
  Lists a tenant's counts of rejections in [:from, :to), newest minute first, below a place (a minute since 1970, and an id).
  Reads at most :mostRead; the last one of them comes even if it does not match.
*/
/* @name listRejections */
select
  r.id, r.minute, r.source, r.key, r.code, r.requests, r.last_detail as "lastDetail", r.last_at as "lastAt",
  m.matches as "matches!", r.is_last as "isLast!"
from (
    select *, row_number() over (order by minute desc, id desc) = :mostRead! as is_last
    from (
        select *
        from rejections
        where
          tenant = :tenant! and minute >= :from!::timestamptz and minute < :to!::timestamptz
          and (minute, id) < (to_timestamp(:beforeMinute!::float8 * 60), :beforeId!::bigint)
        order by minute desc, id desc
        limit :mostRead!::bigint
      ) newest
  ) r
  cross join lateral (
    select
      (:source::text is null or r.source = :source) and (:key::text is null or r.key = :key)
        and (:code::text is null or r.code = :code) as matches
  ) m
where m.matches or r.is_last
order by r.minute desc, r.id desc
limit :limit!;
