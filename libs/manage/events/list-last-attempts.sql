/* The attempts with these numbers, one of each given delivery, without the bodies of their responses. */
/* @name listLastAttempts */
select
  a.event_id as "eventId", a.endpoint, a.replay, a.number, a.started_at as "startedAt", a.duration_ms as "durationMs",
  a.status_code as "statusCode", a.error
from
  unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[], :numbers!::integer[])
    as wanted (event_id, endpoint, replay, number)
  -- "offset 0" forces a look-up by key for each delivery.
  cross join lateral (
    select event_id, endpoint, replay, number, started_at, duration_ms, status_code, error
    from attempts
    where
      attempts.event_id = wanted.event_id and attempts.endpoint = wanted.endpoint and attempts.replay = wanted.replay
      and attempts.number = wanted.number
    offset 0
  ) a;
