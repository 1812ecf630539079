-- Up Migration

-- What tenants say about the types of their events.

create type event_type_enforcement as enum ('reject', 'off');

create table event_types (
  id integer generated always as identity primary key,
  tenant text not null references tenants,
  name text not null,
  description text not null default '',
  -- JSON Schema 2020-12. Text, because jsonb changes the order of members and cannot hold \u0000.
  schema text,
  -- Whether events that do not fit the schema are refused.
  enforce event_type_enforcement not null default 'reject',
  deprecated boolean not null default false,
  -- Counts the changes since the creation.
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- The row stays for a day, so that every gateway reads of the deletion.
  deleted_at timestamptz,
  changed_by xid8 not null default '0',
  unique (tenant, name)
);
create index event_types_tenant on event_types (tenant, id) where deleted_at is null;
create index event_types_deleted on event_types (tenant, deleted_at) where deleted_at is not null;
create index event_types_changed_by on event_types (changed_by);

create trigger note_changing_transaction before insert or update on event_types
  for each row execute function note_changing_transaction();
