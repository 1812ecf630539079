-- Up Migration

-- A change of an endpoint holds from the moment it is answered. Dispatchers keep endpoints in memory, so each statement
-- that makes deliveries, or loads them, also returns the versions of their endpoints. A dispatcher that knows an older
-- version sends nothing to the endpoint until it has read the new one.
alter table endpoints
  -- Raised by every change, also of its secrets.
  add column version integer not null default 1,
  -- The transaction of the last change. Dispatchers read what has changed since the snapshot of their last read, which
  -- needs no clock; 0: before this migration.
  add column changed_by xid8 not null default '0';

-- A trigger, so that no statement can forget it.
create function count_endpoint_change() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'UPDATE' then new.version := old.version + 1; end if;
  new.changed_by := pg_current_xact_id();
  return new;
end
$$;
create trigger count_endpoint_change before insert or update on endpoints
  for each row execute function count_endpoint_change();

create function change_endpoint_of_secret() returns trigger
  language plpgsql as $$
begin
  update endpoints set updated_at = now() where id = coalesce(new.endpoint, old.endpoint);
  return null;
end
$$;
create trigger change_endpoint_of_secret after insert or update or delete on endpoint_secrets
  for each row execute function change_endpoint_of_secret();

create index endpoints_changed_by on endpoints (changed_by);
drop index endpoints_updated_at;
