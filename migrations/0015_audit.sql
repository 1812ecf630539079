-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Who did what, for how long that is kept, and what was refused.

-- Null: about the whole installation, such as a new admin key.
alter table audit_log alter column tenant drop not null;

-- Lists read by time. Tenant '' stands for the whole installation.
drop index audit_log_tenant;
create index audit_log_at on audit_log (coalesce(tenant, ''), at, id);
create index audit_log_subject on audit_log (coalesce(tenant, ''), subject, at, id);
-- BRIN: rows arrive in the order of their time, so the sweep finds the oldest without another b-tree.
create index audit_log_expired on audit_log using brin (at) with (pages_per_range = 32);

-- The actor of an audit row. Rows of releases before 0011 have no type and name: their actor is `admin` or `system`. Of a key
-- whose row is gone only the id is known.
create function audited_actor(actor_type text, actor text, actor_name text) returns jsonb
  language sql immutable parallel safe
  return jsonb_build_object(
    'type', coalesce(actor_type, case when actor = 'system' then 'system' when starts_with(actor, 'key_') then 'key' else 'admin' end),
    'id', actor,
    'name', coalesce(actor_name, case when actor = 'system' then 'Lockstep' when starts_with(actor, 'key_') then actor else 'Admin key' end)
  );

-- LOCKSTEP_AUDIT_RETENTION, as the gateway that started last has it.
alter table installation add column audit_retention interval not null default interval '365 days';

-- Rows of the audit log before this moment may be deleted. Never those of the last 30 days, whatever the setting says.
create function audit_expiry() returns timestamptz
  language sql stable
  return (select now() - greatest(audit_retention, interval '30 days') from installation);

-- The log stays append-only for the database's role: no UPDATE, no TRUNCATE, and no DELETE of a row that is not expired.
create function refuse_early_deletion() returns trigger
  language plpgsql as $$
begin
  -- Not known without a row in `installation`: then nothing is expired.
  if (old.at < audit_expiry()) is not true then raise exception 'The audit log is only added to'; end if;
  return old;
end
$$;
drop trigger audit_log_append_only on audit_log;
create trigger audit_log_append_only before update on audit_log
  for each statement execute function refuse_rewriting();
create trigger audit_log_kept before delete on audit_log
  for each row execute function refuse_early_deletion();

-- An event's timeline looks for replays of this event, and for those whose filter covers it.
create index replays_event on replays (event_id) where event_id is not null;
create index replays_filter on replays (tenant, created_at) where event_id is null;

-- What ingest refused, and duplicates, counted: never a row for each request.
create table rejections (
  -- The place in lists.
  id bigint generated always as identity,
  tenant text not null,
  -- The beginning of the minute, by the gateway's clock.
  minute timestamptz not null,
  -- `api` for posts.
  source text not null,
  -- Of the principal: `admin`, or the id of an API key. `other`: a gateway had too many entries to count them apart.
  key text not null,
  -- A problem code, `duplicate` or `other`.
  code text not null,
  requests bigint not null,
  last_detail text not null,
  last_at timestamptz not null,
  primary key (tenant, minute, source, key, code)
) with (fillfactor = 70);
create index rejections_minute on rejections (tenant, minute, id);
create index rejections_expired on rejections using brin (minute) with (pages_per_range = 32);

-- The last flush of each gateway, so that one whose answer was lost adds its counts once.
create table rejection_flushes (
  gateway uuid primary key,
  number bigint not null,
  flushed_at timestamptz not null default now()
) with (fillfactor = 50);
