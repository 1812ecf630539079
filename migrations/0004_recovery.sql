-- Up Migration

-- What the owner of a shard needs to notice that the log is not the one it has read, and that events were passed over.

alter table shard_cursors
  -- Id of the record before `next_offset`; null when it is not known or had none. Another record there means that the
  -- topic was made anew, and has grown beyond the cursor since.
  add column last_event_id uuid,
  -- Every event of the shard up to here is admitted, but for those that Postgres refuses: the sweep goes on from here.
  add column swept_seq bigint not null default 0;
