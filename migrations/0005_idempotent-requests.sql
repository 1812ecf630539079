-- Up Migration

-- Requests with an idempotency key to any HTTP backend, by the proxy or a handler of one's own: who works on each, and
-- what was answered. Events' keys are not among them: they are claimed in the statement that accepts their event.

-- in_flight whose lease has run out is the same as indeterminate: nobody knows whether its holder did it.
create type idempotency_state as enum ('in_flight', 'completed', 'failed', 'indeterminate');

-- One for all keys, so that a key that was deleted and comes back gets a higher fence than all its earlier holders.
create sequence idempotency_fences as bigint cache 1;

create table idempotent_requests (
  -- Tenant, principal, method and route in one text.
  scope text not null,
  key text not null,
  tenant text not null,
  -- SHA-256 of method, path, sorted query, content type and body.
  fingerprint bytea not null,
  state idempotency_state not null,
  -- Of the last claim: what an earlier one wants to store is refused.
  fence bigint not null,
  -- Chosen by the claimer: whoever lost the answer to its claim finds out, and can give it up.
  claim_id uuid not null,
  -- The claim's route allows that another one takes over when the lease has run out.
  takeover_safe boolean not null,
  claimed_at timestamptz not null,
  lease_expires_at timestamptz not null,
  -- The response of a completed request. Headers: a JSON array of names and values in turn.
  status integer,
  headers text,
  -- Null: none was kept, because it was too large.
  body bytea,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Always after the lease: then the key is as good as gone, and claimed anew.
  expires_at timestamptz not null,
  primary key (scope, key)
  -- Room on each page for the second version of its rows, so that completing one touches no index.
) with (fillfactor = 60);
-- Read back as often as written, and most are short: not compressed.
alter table idempotent_requests alter column body set storage external;
-- BRIN, as on idempotency_keys: a b-tree would be written with every claim and every answer.
create index idempotent_requests_expires_at on idempotent_requests using brin (expires_at) with (pages_per_range = 32);

-- How far webhook lanes have come, for routes that refuse an older event after a newer one.
create table webhook_positions (
  -- Tenant and route.
  scope text not null,
  -- Endpoint and entity, as the deliveries name them.
  lane text not null,
  tenant text not null,
  sequence bigint not null,
  expires_at timestamptz not null,
  primary key (scope, lane)
) with (fillfactor = 70);
create index webhook_positions_expires_at on webhook_positions using brin (expires_at) with (pages_per_range = 32);
