-- Up Migration

-- The first schema. Rules that hold for every table here and in later migrations:
--   * every row says whose it is (tenant);
--   * what grows with the number of events (events, inbox, deliveries, attempts) is range-partitioned by day on
--     the event's id, a UUIDv7, so that unique keys stay global and retention drops tables instead of deleting rows;
--   * secrets are stored encrypted (AES-256-GCM, key from LOCKSTEP_SECRET_KEY), never in the clear.

create table installation (
  -- One row: facts that may never change once events were accepted.
  singleton boolean primary key default true check (singleton),
  -- Number of shards, which is the number of partitions of the `events` topic. Another number would send an
  -- entity's later events to another shard than its earlier ones, and so break order.
  shards integer not null check (shards > 0),
  -- SHA-256 of the admin key that was made at the first start; null while LOCKSTEP_ADMIN_KEY is given.
  admin_key_hash bytea,
  created_at timestamptz not null default now()
);

create table tenants (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  created_at timestamptz not null default now()
);
insert into tenants (id) values ('default');

-- Append-only: what an operator or a deletion did, and to what.
create table audit_log (
  id bigint generated always as identity primary key,
  tenant text not null references tenants,
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}',
  at timestamptz not null default now()
);

-- Endpoints ------------------------------------------------------------------------------------------------------

create type endpoint_status as enum ('active', 'paused', 'disabled');
create type endpoint_ordering as enum ('entity', 'none');
create type dlq_policy as enum ('continue', 'halt');

create table endpoints (
  -- Narrow key: it stands in every lane, delivery and attempt. The outside sees `public_id` (`ep_…`).
  id integer generated always as identity primary key,
  public_id uuid not null unique,
  tenant text not null references tenants,
  url text not null,
  description text not null default '',
  event_types text[] not null default '{*}',
  ordering endpoint_ordering not null default 'entity',
  dlq_policy dlq_policy not null default 'continue',
  -- Delays before each retry, in milliseconds; null: LOCKSTEP_RETRY_SCHEDULE.
  retry_schedule_ms integer[],
  timeout_ms integer not null default 15000,
  max_concurrency integer not null default 64,
  max_retry_after_seconds integer not null default 86400,
  -- Requests per second; null: no limit.
  rate_limit integer,
  -- Encrypted JSON object: custom headers often carry credentials.
  headers_ciphertext bytea,
  metadata jsonb not null default '{}',
  status endpoint_status not null default 'active',
  status_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- A deleted endpoint gets no new deliveries; the shards' owners discard those that wait.
  deleted_at timestamptz
);
create index endpoints_tenant on endpoints (tenant) where deleted_at is null;
create index endpoints_updated_at on endpoints (updated_at);

-- One row per live signing secret: after a rotation the old one stays valid until `expires_at`.
create table endpoint_secrets (
  id bigint generated always as identity primary key,
  endpoint integer not null references endpoints,
  tenant text not null references tenants,
  ciphertext bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index endpoint_secrets_endpoint on endpoint_secrets (endpoint);

-- Accepting ------------------------------------------------------------------------------------------------------

-- The order of acceptance. CACHE 1 (the default): a session that kept numbers back would hand out an older number
-- to a later post, and so turn two posts' order around.
create sequence accept_seq as bigint cache 1;

create table events (
  id uuid not null,
  tenant text not null,
  accept_seq bigint not null default nextval('accept_seq'),
  shard integer not null,
  type text not null,
  entity text not null,
  -- The producer's own time for the event, when it gave one.
  occurred_at timestamptz,
  accepted_at timestamptz not null default now(),
  idempotency_key text,
  source text not null default 'api',
  content_type text not null,
  traceparent text,
  -- The accepted bytes, stored once; outbox and inbox rows only point here.
  payload bytea not null,
  primary key (id)
) partition by range (id);
create index events_entity on events (tenant, entity, id);
-- For admission straight from Postgres, in accept order, when Kafka has a gap.
create index events_shard_accept_seq on events (shard, accept_seq);

-- Not partitioned by time: a key must be unique whenever it comes back.
create table idempotency_keys (
  tenant text not null,
  key text not null,
  -- SHA-256 of the accepted bytes.
  fingerprint bytea not null,
  event_id uuid not null,
  accepted_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant, key)
);
-- BRIN: rows arrive in order of expiry, so cleaning finds them without a b-tree that every accept would pay for.
create index idempotency_keys_expires_at on idempotency_keys using brin (expires_at);

-- Accepted events that are not in Kafka yet. Thin: the relay reads the bytes from `events`.
create table outbox (
  tenant text not null,
  shard integer not null,
  accept_seq bigint not null,
  event_id uuid not null,
  -- By shard first, as it is read: one index over all would have every shard's read walk the same removed entries.
  primary key (shard, accept_seq)
);

-- Which gateways relay, and which shards each of them relays. Saves double work; correctness does not rest on it.
create table relays (
  id uuid primary key,
  seen_at timestamptz not null default now()
);
create table relay_leases (
  shard integer primary key,
  relay uuid,
  expires_at timestamptz not null default now()
);

-- Owning shards --------------------------------------------------------------------------------------------------

create table shard_leases (
  shard integer primary key,
  -- Rises with every change of owner. Admissions and outcomes carry it and are refused when it has moved on.
  epoch bigint not null default 0,
  -- Null: released, free for the next owner at once.
  owner uuid,
  renewals bigint not null default 0,
  expires_at timestamptz not null default now(),
  -- Makes `epoch` a key column: changing it takes FOR UPDATE and so waits for every statement that holds the fence
  -- (FOR KEY SHARE), while a renewal (no key column) waits for none.
  unique (shard, epoch)
) with (fillfactor = 50);

create table shard_cursors (
  shard integer primary key,
  -- Offset of the first record of the shard's `events` partition that is not admitted yet.
  next_offset bigint not null default 0,
  -- When the shard last had nothing left to read.
  caught_up_at timestamptz not null default now()
) with (fillfactor = 50);

-- Delivering -----------------------------------------------------------------------------------------------------

-- One row per admitted event: admission happens once, whatever Kafka delivers again.
create table inbox (
  event_id uuid not null,
  tenant text not null,
  shard integer not null,
  -- How many deliveries the event got; `npm run verify` recounts them.
  routes integer not null,
  admitted_at timestamptz not null default now(),
  primary key (event_id)
) partition by range (event_id);

-- One (endpoint, entity) pair. `tail_sequence` is the number of deliveries it ever got.
create table lanes (
  id bigint generated always as identity primary key,
  tenant text not null,
  endpoint integer not null,
  entity text not null,
  shard integer not null,
  tail_sequence bigint not null,
  -- Every delivery up to here has its terminal outcome.
  closed_sequence bigint not null default 0,
  -- The last one that was delivered: `lockstep-previous-sequence` of the next.
  delivered_sequence bigint not null default 0,
  unique (endpoint, entity)
  -- 70: the counters change with every event; room in the page keeps these updates off the indexes (HOT).
) with (fillfactor = 70);

create type delivery_status as enum ('pending', 'delivered', 'dead', 'discarded');

create table deliveries (
  event_id uuid not null,
  endpoint integer not null,
  -- 0: routed at admission; above: the n-th time that a delivered event was replayed to this endpoint.
  replay integer not null default 0,
  tenant text not null,
  shard integer not null,
  -- Null for an endpoint with ordering "none": such a delivery goes on its own.
  lane bigint,
  sequence bigint,
  status delivery_status not null default 'pending',
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  dead_reason text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (event_id, endpoint, replay)
) partition by range (event_id);
create index deliveries_pending on deliveries (shard, lane, sequence) where status = 'pending';
create index deliveries_dead on deliveries (endpoint, event_id) where status = 'dead';

create table attempts (
  event_id uuid not null,
  endpoint integer not null,
  replay integer not null,
  number integer not null,
  tenant text not null,
  -- The ownership under which the attempt was made.
  epoch bigint not null,
  started_at timestamptz not null,
  duration_ms integer not null,
  -- Null when no response came; `error` says why then.
  status_code integer,
  error text,
  -- The first 16 KiB, as bytes: a response need not be valid text.
  response_body bytea,
  primary key (event_id, endpoint, replay, number)
) partition by range (event_id);

-- Records for Kafka that an outcome or an operator's action makes (retry tokens, dead letters, nudges), written in
-- that same statement and relayed by the shard's owner.
create table dispatch_outbox (
  id bigint generated always as identity primary key,
  tenant text not null,
  shard integer not null,
  -- Without the prefix: `retry.1s`, `dlq`, `control`.
  topic text not null,
  key text,
  headers jsonb not null default '{}',
  value bytea
);
create index dispatch_outbox_shard on dispatch_outbox (shard, id);

-- Partitions -----------------------------------------------------------------------------------------------------

-- The smallest UUIDv7 of a moment: its first 48 bits are the milliseconds since 1970 (RFC 9562, 5.7).
create function uuid_floor(at timestamptz) returns uuid
  language sql immutable strict parallel safe
  return (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- Makes the partitions of a day (UTC) where they are missing; returns how many were made. Each is made as a plain
-- table and attached: CREATE TABLE … PARTITION OF would lock the parent and queue every insert behind one long reader.
create function ensure_partitions(day date) returns integer
  language plpgsql as $$
declare
  parent text;
  child text;
  storage text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('lockstep.partitions'));
  foreach parent in array array['events', 'inbox', 'deliveries', 'attempts'] loop
    child := parent || '_' || to_char(day, 'YYYYMMDD');
    continue when to_regclass(child) is not null;
    -- Deliveries are rewritten once, at their outcome.
    storage := case parent when 'deliveries' then 'with (fillfactor = 85)' else '' end;
    execute format(
      'create table %I (like %I including defaults including constraints including indexes including storage) %s',
      child, parent, storage);
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, child,
      uuid_floor(day::timestamp at time zone 'utc'), uuid_floor((day + 1)::timestamp at time zone 'utc'));
    made := made + 1;
  end loop;
  return made;
end
$$;

-- From yesterday (a gateway's clock may be behind) to a week ahead; the processes keep it so from here on.
select ensure_partitions(day::date)
  from generate_series(
    (now() at time zone 'utc')::date - 1, (now() at time zone 'utc')::date + 7, interval '1 day') as day;

-- Routing --------------------------------------------------------------------------------------------------------

-- What an endpoint may have in `event_types` to get this type: `order.paid` → {*,order.*,order.paid}.
create function event_type_patterns(type text) returns text[]
  language sql immutable strict parallel safe
  return array['*', type] || array(
    select array_to_string((string_to_array(type, '.'))[1:n], '.') || '.*'
    from generate_series(1, array_length(string_to_array(type, '.'), 1) - 1) as n
  );
