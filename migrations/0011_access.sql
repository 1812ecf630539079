-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Whose events, and who may: tenants with settings, API keys, and who stands behind each row of the audit log.

-- How often something may happen: `rate_limit_burst` at once, and `rate_limit_per_second` in the long run. Both or none.
alter table tenants
  -- In the order of creation, which lists go by.
  add column number integer generated always as identity unique,
  add column name text not null default '',
  add column metadata jsonb not null default '{}',
  -- false: its keys are refused. Its deliveries go on.
  add column enabled boolean not null default true,
  add column rate_limit_per_second double precision,
  add column rate_limit_burst integer,
  -- Whether an event of a type that is not in `event_types` is refused.
  add column refuses_unknown_types boolean not null default false,
  add column updated_at timestamptz not null default now(),
  -- The transaction of the last change: gateways read what has changed since the snapshot of their last read.
  add column changed_by xid8 not null default '0',
  add check ((rate_limit_per_second is null) = (rate_limit_burst is null));
create index tenants_changed_by on tenants (changed_by);

create type api_key_scope as enum ('ingest', 'read', 'manage', 'admin');
create type duplicates_policy as enum ('replay', 'conflict');
create type resubmit_policy as enum ('none', 'requeue-dead');

create table api_keys (
  id integer generated always as identity primary key,
  public_id uuid not null unique,
  tenant text not null references tenants,
  name text not null,
  -- The first characters of the key, by which it is found. They are no secret.
  prefix text not null unique,
  -- SHA-256 of the key.
  hash bytea not null,
  scopes api_key_scope[] not null,
  expires_at timestamptz,
  rate_limit_per_second double precision,
  rate_limit_burst integer,
  duplicates duplicates_policy not null default 'replay',
  resubmit resubmit_policy not null default 'none',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Of its principal, for the audit log: `admin`, or the id of another key.
  created_by text not null,
  revoked_at timestamptz,
  changed_by xid8 not null default '0',
  check ((rate_limit_per_second is null) = (rate_limit_burst is null))
);
create index api_keys_tenant on api_keys (tenant, id) where revoked_at is null;
create index api_keys_revoked_at on api_keys (revoked_at) where revoked_at is not null;
create index api_keys_changed_by on api_keys (changed_by);

-- The tenant's keys that are not revoked, also those that were committed after the calling statement began: its snapshot may be
-- older than the lock that it waited for.
create function count_api_keys(of_tenant text) returns bigint
  language plpgsql volatile as $$
begin
  return (select count(*) from api_keys where tenant = of_tenant and revoked_at is null);
end
$$;

-- Secrets of keys that were rotated, each valid until its own end. Several, because a rotation whose answer was lost is
-- repeated, and must not end the secret that is in use. Only statements that also change the key may change them.
create table former_api_key_secrets (
  prefix text primary key,
  api_key integer not null references api_keys on delete cascade,
  hash bytea not null,
  expires_at timestamptz not null
);
create index former_api_key_secrets_key on former_api_key_secrets (api_key);

-- When a key was last used. Of its own, because it changes every minute, and the key itself does not.
create table api_key_uses (
  api_key integer primary key references api_keys on delete cascade,
  last_used_at timestamptz not null
) with (fillfactor = 70);

-- A trigger, so that no statement can forget it.
create function note_changing_transaction() returns trigger
  language plpgsql as $$
begin
  new.changed_by := pg_current_xact_id();
  return new;
end
$$;
create trigger note_changing_transaction before insert or update on tenants
  for each row execute function note_changing_transaction();
create trigger note_changing_transaction before insert or update on api_keys
  for each row execute function note_changing_transaction();

alter table audit_log
  -- key, admin, console, system or source; null in rows of releases before 0011, whose `actor` is admin or system.
  add column actor_type text,
  add column actor_name text,
  -- As the answer's header `x-request-id` says.
  add column request_id text;
create index audit_log_tenant on audit_log (tenant, id);

-- A record on the `dlq` topic need not be an event of any tenant.
alter table dispatch_outbox alter column tenant drop not null;
