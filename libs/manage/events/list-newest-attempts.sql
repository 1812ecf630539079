/*
  The newest :most attempts of each given delivery, in order. Their response bodies may have :bodyBytes together: the
  newest of each delivery come first, and those beyond it are not read. octet_length() takes the length of a large value
  from its pointer.
*/
/* @name listNewestAttempts */
select
  b.event_id as "eventId", b.endpoint, b.replay, b.number, b.started_at as "startedAt", b.duration_ms as "durationMs",
  b.status_code as "statusCode", b.error, case when b.bytes <= :bodyBytes!::integer then b.response_body end as "responseBody",
  (b.response_body is not null and b.bytes > :bodyBytes) as "bodyOmitted!"
from (
    select a.*, sum(octet_length(a.response_body)) over (order by a.age, a.place) as bytes
    from (
        select n.*, w.place, row_number() over (partition by w.place order by n.number desc) as age
        from
          unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) with ordinality
            as w (event_id, endpoint, replay, place)
          -- The limit forces a look-up by key for each delivery.
          cross join lateral (
            select *
            from attempts
            where attempts.event_id = w.event_id and attempts.endpoint = w.endpoint and attempts.replay = w.replay
            order by attempts.number desc
            limit :most!
          ) n
      ) a
  ) b
order by b.number;
