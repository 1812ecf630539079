-- Up Migration

-- Rate limits that hold over all processes. One row has the whole truth about a bucket, so a statement that has locked it
-- sees what every earlier one did.
create table token_buckets (
  -- Whose events or requests it limits, such as `key/17`. It comes with the first use, and is full then.
  id text primary key,
  -- In the bucket at `refilled_at`, leased ones excluded. A fraction is part of the next token.
  tokens double precision not null check (tokens >= 0),
  refilled_at timestamptz not null,
  -- When it is full if nobody takes a token. A day later the row is deleted, because a new one would be the same. Without an
  -- index: each use changes it, and there is one row per limit.
  full_at timestamptz not null,
  -- Tokens that processes hold in memory, by the process: {"<process>": {"tokens": 5, "until": 1764446400.5}}. A process
  -- uses none after `until` (Unix time, in seconds), so those of one that died are free then.
  leases jsonb not null default '{}'
) with (fillfactor = 50);
