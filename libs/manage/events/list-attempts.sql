/*
  Attempts of one delivery before a number, newest first: at most :limit, and as many as have :bodyBytes of response bodies
  together, but at least one. "followed" says whether there are older ones.
*/
/* @name listAttempts */
select
  b.number, b.started_at as "startedAt", b.duration_ms as "durationMs", b.status_code as "statusCode", b.error,
  b.response_body as "responseBody", b.followed as "followed!"
from (
    select
      a.*, sum(octet_length(a.response_body)) over newest_first as bytes,
      row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed
    from (
        select *
        from attempts
        where event_id = :eventId! and endpoint = :endpoint! and replay = :replay! and number < :before!::integer
        order by number desc
        limit :limit!
      ) a
    window newest_first as (order by a.number desc)
  ) b
where b.place = 1 or coalesce(b.bytes, 0) <= :bodyBytes!::integer
order by b.number desc;
