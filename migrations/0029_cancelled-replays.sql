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

-- Replays and discards as requests see them, with how far they are.
create view replay_progress as
  select
    r.id, r.tenant, r.action, r.event_id, r.endpoint, r.entity, r.type, r.accepted_from, r.accepted_to, r.matched, r.created_at, r.cancelled_at,
    case when r.delivered or (r.event_id is not null and r.requeue is null) then 'any' else 'undelivered' end as selects,
    s.applied, s.finished_at,
    case
      when r.cancelled_at is not null then 'cancelled'
      when s.is_running then 'running'
      else 'done'
    end as status
  from replays r
    cross join lateral (
      select coalesce(sum(applied), 0)::integer as applied, max(finished_at) as finished_at, bool_or(finished_at is null) as is_running
      from replay_shards
      where replay = r.id
    ) s;
