-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Circuit breakers of endpoints, shared by all dispatchers, and the time after which an endpoint that only fails is disabled.

alter table endpoints
  -- In milliseconds; null: never.
  add column disable_after_ms bigint;

create type breaker_state as enum ('closed', 'open', 'half-open');

-- One row for each endpoint that ever failed.
create table endpoint_breakers (
  endpoint integer primary key references endpoints,
  -- Counts the changes of the state. A dispatcher changes the state that it has read, or nothing.
  version integer not null default 0,
  state breaker_state not null default 'closed',
  -- When it opened, or closed again; null: it has never opened.
  since timestamptz,
  -- Openings in a row, failed probes included. The time until the next probe grows with them.
  openings integer not null default 0,
  -- Open: when a probe may be sent. Half-open: when the claim of the prober ends.
  probe_at timestamptz,
  -- Half-open: the dispatcher that may send the probe, as it owns leases, and since when.
  prober uuid,
  claimed_at timestamptz,
  -- What ended lately, in two buckets of half a minute each. The latest bucket has this number, counted since 1970.
  bucket bigint not null,
  failed integer not null default 0,
  ended integer not null default 0,
  previous_failed integer not null default 0,
  previous_ended integer not null default 0,
  -- The first of the failures that ended lately, counted from the last half minute without any.
  failed_at timestamptz,
  -- When the receiver asked to be tried again, by Retry-After.
  retry_at timestamptz,
  -- The first attempt after the last one that delivered; null: the last one delivered.
  undelivered_since timestamptz,
  -- The transaction of the last change. Dispatchers read what has changed since the snapshot of their last read.
  changed_by xid8 not null default '0'
) with (fillfactor = 50);
create index endpoint_breakers_changed_by on endpoint_breakers (changed_by);

-- A trigger, so that no statement can forget it.
create function note_breaker_change() returns trigger
  language plpgsql as $$
begin
  new.changed_by := pg_current_xact_id();
  return new;
end
$$;
create trigger note_breaker_change before insert or update on endpoint_breakers
  for each row execute function note_breaker_change();

create function breaker_bucket(at timestamptz) returns bigint
  language sql immutable parallel safe
  return floor(extract(epoch from at) / 30)::bigint;

-- What a counter of the two buckets has now. A clock that was set back leaves it as it is.
create function counted_lately(bucket bigint, latest integer, previous integer) returns integer
  language sql stable parallel safe
  return latest * (breaker_bucket(now()) - bucket <= 1)::integer + previous * (breaker_bucket(now()) <= bucket)::integer;

-- Of what ended lately, the share that failed; null if nothing ended.
create function breaker_failure_rate(breaker endpoint_breakers) returns double precision
  language sql stable parallel safe
  return counted_lately((breaker).bucket, (breaker).failed, (breaker).previous_failed)::double precision
    / nullif(counted_lately((breaker).bucket, (breaker).ended, (breaker).previous_ended), 0);

-- An endpoint whose breaker is open is probed at once, because somebody did something about it.
create function probe_endpoint_now(changed integer) returns void
  language sql volatile
begin atomic
  update endpoint_breakers set probe_at = now() where endpoint = changed and state = 'open' and probe_at > now();
end;

create function tell_breaker_of_endpoint() returns trigger
  language plpgsql as $$
begin
  perform probe_endpoint_now(new.id);
  return null;
end
$$;
create trigger tell_breaker_of_endpoint after update on endpoints
  for each row
  when ((old.url, old.timeout_ms, old.headers_ciphertext) is distinct from (new.url, new.timeout_ms, new.headers_ciphertext))
  execute function tell_breaker_of_endpoint();

-- `disable_after_ms` counts again from a resumption: the next failure alone must not disable the endpoint.
create function tell_breaker_of_resumption() returns trigger
  language plpgsql as $$
begin
  perform probe_endpoint_now(new.id);
  update endpoint_breakers set undelivered_since = null where endpoint = new.id and undelivered_since is not null;
  return null;
end
$$;
create trigger tell_breaker_of_resumption after update on endpoints
  for each row when (old.status <> 'active' and new.status = 'active')
  execute function tell_breaker_of_resumption();

-- A deleted endpoint has no failures.
create function tell_breaker_of_deletion() returns trigger
  language plpgsql as $$
begin
  update endpoint_breakers
  set
    version = version + 1, state = 'closed', probe_at = null, prober = null, failed = 0, ended = 0, previous_failed = 0,
    previous_ended = 0, undelivered_since = null
  where endpoint = new.id;
  return null;
end
$$;
create trigger tell_breaker_of_deletion after update on endpoints
  for each row when (old.deleted_at is null and new.deleted_at is not null)
  execute function tell_breaker_of_deletion();

create function tell_breaker_of_secret() returns trigger
  language plpgsql as $$
begin
  perform probe_endpoint_now(new.endpoint);
  return null;
end
$$;
create trigger tell_breaker_of_secret after insert on endpoint_secrets
  for each row execute function tell_breaker_of_secret();
