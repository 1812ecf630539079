import { queryOnce } from './query-once.js';

/**
 * Replaces `now()` and `clock_timestamp()` in statements, column defaults and functions: the search path names
 * pg_catalog after `chaos`. `public` comes first, so that migrations create their tables there.
 */
const CLOCK = `
  create schema chaos;
  create table chaos.clock (singleton boolean primary key default true check (singleton), ahead interval not null default '0');
  insert into chaos.clock default values;
  create function chaos.now() returns timestamptz language sql stable parallel safe
    return pg_catalog.now() + (select ahead from chaos.clock);
  create function chaos.clock_timestamp() returns timestamptz language sql volatile parallel safe
    return pg_catalog.clock_timestamp() + (select ahead from chaos.clock);
`;

/**
 * Records writes by a former owner at once, because later writes can hide them. An attempt carries its epoch. An
 * admission does not; its session's application name must be that of the shard's last claim. The fence's row lock
 * makes a claim wait, so the last committed claim is current.
 */
const STALE_WRITES = `
  create table chaos.stale_writes (id bigint generated always as identity primary key, what text not null);
  create function chaos.check_attempt() returns trigger language plpgsql volatile as $$
  declare
    owned record;
  begin
    -- Reads the latest committed epoch: a volatile function takes a new snapshot for each statement.
    select l.shard, l.epoch into owned
    from public.deliveries d join public.shard_leases l on l.shard = d.shard
    where d.event_id = new.event_id and d.endpoint = new.endpoint and d.replay = new.replay;
    if owned.epoch is distinct from new.epoch then
      insert into chaos.stale_writes (what) values (format(
        'attempt %s of evt_%s at endpoint %s has epoch %s, but shard %s has epoch %s',
        new.number, replace(new.event_id::text, '-', ''), new.endpoint, new.epoch, owned.shard, owned.epoch));
    end if;
    return null;
  end
  $$;
  create trigger chaos_stale_writes after insert on public.attempts for each row execute function chaos.check_attempt();

  create table chaos.claims (shard integer primary key, epoch bigint not null, app text not null);
  create function chaos.record_claim() returns trigger language plpgsql volatile as $$
  begin
    insert into chaos.claims values (new.shard, new.epoch, current_setting('application_name'))
    on conflict (shard) do update set epoch = excluded.epoch, app = excluded.app;
    return null;
  end
  $$;
  create trigger chaos_claim after update of epoch on public.shard_leases for each row execute function chaos.record_claim();

  create function chaos.check_admission(shard integer, what text) returns void language plpgsql volatile as $$
  declare
    claim chaos.claims;
  begin
    select * into claim from chaos.claims c where c.shard = check_admission.shard;
    if claim.app is distinct from current_setting('application_name') then
      insert into chaos.stale_writes (what) values (format(
        '%s %s, but shard %s belongs to %s with epoch %s', what, current_setting('application_name'), shard, claim.app, claim.epoch));
    end if;
  end
  $$;
  create function chaos.check_inbox() returns trigger language plpgsql volatile as $$
  begin
    perform chaos.check_admission(i.shard, format('events were admitted (%s) by', i.events))
    from (select n.shard, count(*) as events from inserted n group by n.shard) i;
    return null;
  end
  $$;
  create trigger chaos_stale_writes after insert on public.inbox referencing new table as inserted
    for each statement execute function chaos.check_inbox();
  create function chaos.check_cursor() returns trigger language plpgsql volatile as $$
  begin
    perform chaos.check_admission(new.shard, format('the cursor was moved from %s to %s by', old.next_offset, new.next_offset));
    return null;
  end
  $$;
  create trigger chaos_stale_writes after update on public.shard_cursors for each row execute function chaos.check_cursor();
`;

/**
 * Creates a migrated database with an adjustable clock and the triggers that record stale writes.
 * @param migrate of the build whose apps use the database
 * @returns the database's URL
 */
export async function createChaosDatabase(serverUrl: string, migrate: (url: string) => Promise<unknown>, name = 'chaos'): Promise<string> {
  await queryOnce(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  // In the URL, because Lockstep's sessions ignore the search path of a database.
  url.searchParams.set('options', '-c search_path=public,chaos,pg_catalog');
  await queryOnce(url.toString(), CLOCK);
  await migrate(url.toString());
  await queryOnce(url.toString(), STALE_WRITES);
  return url.toString();
}

/** Moves the database's clock by `byMs`, permanently. */
export async function stepClock(databaseUrl: string, byMs: number): Promise<void> {
  await queryOnce(databaseUrl, "update chaos.clock set ahead = ahead + $1::float8 * interval '1 millisecond'", [byMs]);
}

export async function readStaleWrites(databaseUrl: string): Promise<string[]> {
  return (await queryOnce<{ what: string }>(databaseUrl, 'select what from chaos.stale_writes order by id')).map(({ what }) => what);
}
