-- Up Migration

-- Operators' actions on lanes and dead letters. An action is a mark in Postgres, made in one statement; a record on the
-- `control` topic only nudges, and the shard's owner applies the mark when nothing of the lane is in flight.

alter table lanes
  -- Nothing is started while an operator has paused the lane.
  add column paused boolean not null default false,
  -- The dead delivery at which the lane stopped, because its endpoint's dlq_policy is `halt`.
  add column halted_sequence bigint,
  -- The delivery that an operator wants skipped; the owner discards it and clears the mark.
  add column skip_sequence bigint,
  -- Pending deliveries at or below `closed_sequence`: dead letters that are being replayed. They go before the others.
  add column replays integer not null default 0,
  -- When `paused` or `halted_sequence` last changed, or a skip was asked for: owners look for what is newer than what they
  -- have seen.
  add column marked_at timestamptz;
create index lanes_marked_at on lanes (shard, marked_at) where marked_at is not null;
create index lanes_skipped on lanes (shard) where skip_sequence is not null;
create index lanes_stopped on lanes (tenant, endpoint) where paused or halted_sequence is not null;

alter table deliveries
  -- Attempts that the delivery had when it was last replayed: its retry schedule begins anew after them.
  add column replayed_attempts integer not null default 0;
-- Dead letters are listed newest first, over all endpoints; those of one endpoint have their index.
create index deliveries_dead_event on deliveries (event_id, endpoint, replay) where status = 'dead';
-- A replay walks a shard's dead letters in the order of their lanes. Those without a lane come first.
create index deliveries_dead_lane
  on deliveries (shard, (coalesce(lane, 0)), (coalesce(sequence, 0)), event_id, endpoint, replay) where status = 'dead';

create type replay_action as enum ('replay', 'discard');

-- One row per request to replay or discard dead letters, or to replay an event.
create table replays (
  id uuid primary key,
  tenant text not null references tenants,
  action replay_action not null,
  -- Which: all that is not null must match. `event_id` also replays what was delivered, as new deliveries.
  event_id uuid,
  endpoint integer references endpoints,
  entity text,
  type text,
  accepted_from timestamptz,
  accepted_to timestamptz,
  actor text not null,
  -- How many there were when it was asked for.
  matched integer not null,
  -- Only deliveries that were dead by then; what dies later is not part of it.
  created_at timestamptz not null default now()
);
create index replays_tenant on replays (tenant, created_at);

-- How far each shard's owner has come with a replay. The place is that of the last delivery looked at, in the order of
-- the index above, so that each batch goes on where the last one ended, whoever owns the shard then.
create table replay_shards (
  replay uuid not null references replays,
  shard integer not null,
  tenant text not null,
  after_lane bigint not null default -1,
  after_sequence bigint not null default 0,
  after_event uuid not null default '00000000-0000-0000-0000-000000000000',
  after_endpoint integer not null default 0,
  after_replay integer not null default 0,
  applied integer not null default 0,
  finished_at timestamptz,
  primary key (replay, shard)
);
create index replay_shards_open on replay_shards (shard) where finished_at is null;

-- A lane's state as the outside sees it. Whether its attempt is really in flight only its owner knows: `sending` means
-- that nothing holds it back.
create function lane_state(
  paused boolean, halted_sequence bigint, depth bigint, endpoint endpoint_status, next_attempt_at timestamptz
) returns text
  language sql stable
  return case
    when halted_sequence is not null then 'halted'
    when paused then 'paused'
    when depth = 0 then 'idle'
    when endpoint <> 'active' or next_attempt_at > now() then 'waiting'
    else 'sending'
  end;

-- What was done stays written.
create function refuse_rewriting() returns trigger
  language plpgsql as $$
begin
  raise exception 'The audit log is only added to';
end
$$;
create trigger audit_log_append_only before update or delete on audit_log
  for each statement execute function refuse_rewriting();
