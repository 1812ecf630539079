-- Up Migration

-- Gives up rather than let every statement of running processes wait behind it; the start tries again.
set local lock_timeout = '2s';

alter table endpoints
  -- The public key (whpk_…) of the newest signing secret, which then signs v1a. Null: that secret signs v1.
  add column public_key text,
  -- Encrypted JSON object: how requests authenticate to the receiver. Null: they do not.
  add column auth_ciphertext bytea;

-- `npm run rotate-secrets` encrypts the same settings with another key, in a session that says so by this setting. That is
-- no change of the endpoint: its version stays, and no dispatcher reads it again.
create function is_reencrypting() returns boolean
  language sql stable parallel safe
  return coalesce(current_setting('lockstep.reencrypting', true), '') = 'on';

create or replace function count_endpoint_change() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if is_reencrypting() then return new; end if;
    new.version := old.version + 1;
  end if;
  new.changed_by := pg_current_xact_id();
  return new;
end
$$;

create or replace function change_endpoint_of_secret() returns trigger
  language plpgsql as $$
begin
  if not is_reencrypting() then
    update endpoints set updated_at = now() where id = coalesce(new.endpoint, old.endpoint);
  end if;
  return null;
end
$$;

-- Credentials decide what the receiver answers; encrypting them anew does not.
drop trigger tell_breaker_of_endpoint on endpoints;
create trigger tell_breaker_of_endpoint after update on endpoints
  for each row
  when (
    (old.url, old.timeout_ms, old.headers_ciphertext, old.auth_ciphertext)
      is distinct from (new.url, new.timeout_ms, new.headers_ciphertext, new.auth_ciphertext)
    and not is_reencrypting()
  )
  execute function tell_breaker_of_endpoint();
