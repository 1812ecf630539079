-- Up Migration

-- Gives up rather than let requests of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- A cancelled replay or discard. Its shards are then finished: their owners apply no further batch.
alter table replays add column cancelled_at timestamptz;

-- As before, but no cancelled one: the same may be asked for again at once.
create or replace function equal_replay(endpoint integer, entity text, type text, accepted_from timestamptz, accepted_to timestamptz) returns setof replays
  language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('lockstep.replays'), equal_replay.endpoint);
  return query
    select r.*
    from replays r
    where
      r.delivered and r.endpoint = equal_replay.endpoint and r.cancelled_at is null
      and r.accepted_from = equal_replay.accepted_from and r.accepted_to = equal_replay.accepted_to
      and r.entity is not distinct from equal_replay.entity and r.type is not distinct from equal_replay.type
      and (
        r.created_at > now() - interval '10 seconds'
        or exists (select from replay_shards s where s.replay = r.id and s.finished_at is null)
      )
    order by r.created_at desc
    limit 1;
end
$$;
