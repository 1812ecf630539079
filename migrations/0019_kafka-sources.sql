-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- How far each Kafka source has read. A position moves in the statement that stores the events before it.

-- Topics that a source has begun to read. One that was deleted and created again has another id.
create table source_topics (
  source integer not null references sources on delete cascade,
  topic_id uuid not null,
  topic text not null,
  -- The id of its cluster: another one may have a topic of this name.
  cluster text not null,
  opened_at timestamptz not null default now(),
  primary key (source, topic_id)
);

create table source_positions (
  source integer not null,
  topic_id uuid not null,
  partition integer not null,
  -- Offset of the first record that is not stored yet.
  next_offset bigint not null,
  primary key (source, topic_id, partition),
  foreign key (source, topic_id) references source_topics on delete cascade
  -- 50: it moves with every statement; room in the page keeps these updates off the index (HOT).
) with (fillfactor = 50);

-- What gateways saw last, for those who ask. Of its own, so that telling it never waits for an acceptance, nor the reverse.
create table source_partition_states (
  source integer not null references sources on delete cascade,
  partition integer not null,
  topic_id uuid not null,
  -- `reading` or `halted`.
  state text not null,
  -- Where and why it is halted.
  detail text,
  -- Offset that the partition's next record gets. Null: the log was not looked at yet.
  end_offset bigint,
  seen_at timestamptz not null default now(),
  primary key (source, partition)
) with (fillfactor = 50);

create table source_readers (
  source integer not null references sources on delete cascade,
  gateway uuid not null,
  -- `connecting`, `reading` or `failing`.
  state text not null,
  -- Why it is failing.
  detail text,
  seen_at timestamptz not null default now(),
  primary key (source, gateway)
) with (fillfactor = 50);

-- Gateways look for them every second, among many sources of webhooks.
create index sources_kafka on sources (id) where provider = 'kafka' and deleted_at is null;

-- Where partitions have halted, as the audit log knows it.
create table source_halts (
  source integer not null references sources on delete cascade,
  topic_id uuid not null,
  partition integer not null,
  -- Of the record at which the partition has halted last.
  at_offset bigint not null,
  primary key (source, topic_id, partition)
);

-- A topic may have thousands of partitions.
create index source_partition_states_halted on source_partition_states (source) where state = 'halted';

-- Gateways that cannot read the topic of a source now. What a gateway said 30 s ago no longer counts: it may have stopped.
create view failing_readers as
  select source, gateway from source_readers
  where state = 'failing' and seen_at > now() - interval '30 seconds';

-- How a source is doing, as the API shows it. `failing` is also a topic that a gateway cannot read, or of which a partition has
-- halted.
create function source_condition(of_source integer, is_enabled boolean, counts source_states) returns text
  language sql stable
  return case
    when not is_enabled then 'disabled'
    when counts.is_failing then 'failing'
    when exists (select from failing_readers where source = of_source) then 'failing'
    when exists (
      select from source_partition_states
      where source = of_source and state = 'halted' and seen_at > now() - interval '30 seconds'
    ) then 'failing'
    when greatest(counts.last_accepted_at, counts.last_rejected_at) > now() - interval '1 day' then 'active'
    else 'idle'
  end;
