/* The attempts of the given deliveries, in order. */
/* @name listAttempts */
select
  a.event_id as "eventId", a.endpoint, a.replay, a.number, a.started_at as "startedAt", a.duration_ms as "durationMs",
  a.status_code as "statusCode", a.error, a.response_body as "responseBody"
from unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) as wanted (event_id, endpoint, replay)
  -- "offset 0" forces a look-up by key for each delivery.
  cross join lateral (
    select *
    from attempts
    where
      attempts.event_id = wanted.event_id and attempts.endpoint = wanted.endpoint and attempts.replay = wanted.replay
    offset 0
  ) a
order by a.number;
