-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Where partitions of Kafka sources have halted, as the audit log knows it.
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

-- How a source is doing, as the API shows it. `failing` is also a topic that a gateway cannot read, or of which a partition has
-- halted.
create function source_condition(of_source integer, is_enabled boolean, counts source_states) returns text
  language sql stable
  return case
    when not is_enabled then 'disabled'
    when counts.is_failing then 'failing'
    when exists (
      select from source_readers
      where source = of_source and state = 'failing' and seen_at > now() - interval '30 seconds'
    ) then 'failing'
    when exists (
      select from source_partition_states
      where source = of_source and state = 'halted' and seen_at > now() - interval '30 seconds'
    ) then 'failing'
    when greatest(counts.last_accepted_at, counts.last_rejected_at) > now() - interval '1 day' then 'active'
    else 'idle'
  end;
