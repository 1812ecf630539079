-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Events from others: signed webhooks, and topics of a tenant's own Kafka cluster.
create table sources (
  id integer generated always as identity primary key,
  public_id uuid not null unique,
  tenant text not null references tenants,
  name text not null,
  provider text not null,
  -- As the API shows them. Passwords of Kafka clusters are among the secrets.
  settings jsonb not null default '{}',
  duplicates duplicates_policy not null default 'replay',
  resubmit resubmit_policy not null default 'none',
  -- false: its requests are refused, and its topic is not read.
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- The row stays, because events and the audit log name it. Its secrets do not.
  deleted_at timestamptz,
  changed_by xid8 not null default '0'
);
create unique index sources_name on sources (tenant, name) where deleted_at is null;
create index sources_tenant on sources (tenant, id) where deleted_at is null;
create index sources_changed_by on sources (changed_by);
create trigger note_changing_transaction before insert or update on sources
  for each row execute function note_changing_transaction();

-- The secrets of a source, encrypted, each valid until its own end. Only statements that also change the source may change
-- them.
create table source_secrets (
  id bigint generated always as identity primary key,
  source integer not null references sources on delete cascade,
  secret bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index source_secrets_source on source_secrets (source);
