-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Of an environment variable. The next start of a gateway with another value replaces it.
alter table source_secrets add column from_environment boolean not null default false;

-- The tenant's sources, of all providers or of one, also those that were committed after the calling statement began: its snapshot may be older than the
-- lock that it waited for.
create function count_sources(of_tenant text, of_provider text default null) returns bigint
  language plpgsql volatile as $$
begin
  return (select count(*) from sources
    where tenant = of_tenant and deleted_at is null and provider = coalesce(of_provider, provider));
end
$$;

-- The source with this name, as new as `count_sources`.
create function source_named(of_tenant text, of_name text) returns integer
  language plpgsql volatile as $$
begin
  return (select id from sources where tenant = of_tenant and name = of_name and deleted_at is null);
end
$$;

-- What comes to sources: counted by minute and outcome, never a row for each request.
create table source_activity (
  source integer not null references sources on delete cascade,
  -- The beginning of the minute, by the gateway's clock.
  minute timestamptz not null,
  -- `accepted`, `duplicate` or a problem code.
  outcome text not null,
  requests bigint not null,
  last_detail text not null,
  last_at timestamptz not null,
  primary key (source, minute, outcome)
) with (fillfactor = 70);
create index source_activity_expired on source_activity using brin (minute) with (pages_per_range = 32);

-- Nothing but refusals, for five minutes or from the beginning.
create function source_is_failing(refused bigint, last_refused_at timestamptz, last_accepted_at timestamptz) returns boolean
  language sql immutable
  return refused >= 5 and coalesce(last_refused_at - last_accepted_at >= interval '5 minutes', true);

-- How a source is doing: apart from the source itself, because it changes with each request.
create table source_states (
  source integer primary key references sources on delete cascade,
  -- Of the last request that was accepted, or was a duplicate; by the gateways' clocks, as the next one.
  last_accepted_at timestamptz,
  last_rejected_at timestamptz,
  last_rejection_code text,
  last_rejection_detail text,
  -- Requests that were refused since the last one that was accepted, without those that may be accepted later.
  refused bigint not null default 0,
  -- Of the last one of these.
  last_refused_at timestamptz,
  is_failing boolean not null generated always as (source_is_failing(refused, last_refused_at, last_accepted_at)) stored,
  -- When the audit log was last told that it is failing, and whether it is still to be told that it has recovered.
  failing_audited_at timestamptz,
  owes_recovery boolean not null default false
) with (fillfactor = 50);

-- A trigger, so that no statement can forget it: those that note what came find a row.
insert into source_states (source) select id from sources;
create function begin_source_state() returns trigger
  language plpgsql as $$
begin
  insert into source_states (source) values (new.id);
  return null;
end
$$;
create trigger begin_source_state after insert on sources
  for each row execute function begin_source_state();
