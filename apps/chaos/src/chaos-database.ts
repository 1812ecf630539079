import { queryOnce } from './database.js';

/**
 * The database's clock as the product's statements see it: unqualified `now()` and `clock_timestamp()`, in statements,
 * column defaults and functions alike, are these, because pg_catalog, named in the search path, comes after them. `public`
 * is first, so that the product's tables go where they always go.
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
 * What must never be in Postgres is noted when it gets there: at the end it could have been covered up.
 *
 * An attempt carries its epoch. An admission doesn't: it is known by who writes it, since each app's sessions have the
 * app's name, and so have those that claimed the shard's lease. Whoever holds the fence keeps a claim waiting, so that
 * the last committed claim is that of the statement's own time.
 */
const WITNESS = `
  create table chaos.witnessed (id bigint generated always as identity primary key, what text not null);
  create function chaos.witness_attempt() returns trigger language plpgsql volatile as $$
  declare
    owned record;
  begin
    -- The latest committed epoch: volatile functions take a new snapshot for each statement.
    select l.shard, l.epoch into owned
    from public.deliveries d join public.shard_leases l on l.shard = d.shard
    where d.event_id = new.event_id and d.endpoint = new.endpoint and d.replay = new.replay;
    if owned.epoch is distinct from new.epoch then
      insert into chaos.witnessed (what) values (format(
        'attempt %s of evt_%s at endpoint %s was written under epoch %s, while that of shard %s is %s',
        new.number, replace(new.event_id::text, '-', ''), new.endpoint, new.epoch, owned.shard, owned.epoch));
    end if;
    return null;
  end
  $$;
  create trigger chaos_witness after insert on public.attempts for each row execute function chaos.witness_attempt();

  create table chaos.claims (shard integer primary key, epoch bigint not null, app text not null);
  create function chaos.note_claim() returns trigger language plpgsql volatile as $$
  begin
    insert into chaos.claims values (new.shard, new.epoch, current_setting('application_name'))
    on conflict (shard) do update set epoch = excluded.epoch, app = excluded.app;
    return null;
  end
  $$;
  create trigger chaos_claim after update of epoch on public.shard_leases for each row execute function chaos.note_claim();

  create function chaos.witness_admission(shard integer, what text) returns void language plpgsql volatile as $$
  declare
    claim chaos.claims;
  begin
    select * into claim from chaos.claims c where c.shard = witness_admission.shard;
    if claim.app is distinct from current_setting('application_name') then
      insert into chaos.witnessed (what) values (format(
        '%s by %s, while shard %s was claimed by %s under epoch %s', what, current_setting('application_name'), shard, claim.app, claim.epoch));
    end if;
  end
  $$;
  create function chaos.witness_inbox() returns trigger language plpgsql volatile as $$
  begin
    perform chaos.witness_admission(i.shard, format('events were admitted (%s)', i.events))
    from (select n.shard, count(*) as events from inserted n group by n.shard) i;
    return null;
  end
  $$;
  create trigger chaos_witness after insert on public.inbox referencing new table as inserted
    for each statement execute function chaos.witness_inbox();
  create function chaos.witness_cursor() returns trigger language plpgsql volatile as $$
  begin
    perform chaos.witness_admission(new.shard, format('the cursor was moved from %s to %s', old.next_offset, new.next_offset));
    return null;
  end
  $$;
  create trigger chaos_witness after update on public.shard_cursors for each row execute function chaos.witness_cursor();
`;

/**
 * A database of the run's own, with a clock that can be stepped and with the witness. Returns its URL.
 * @param migrate of the build that runs on it
 */
export async function createChaosDatabase(serverUrl: string, migrate: (url: string) => Promise<unknown>, name = 'chaos'): Promise<string> {
  await queryOnce(serverUrl, `create database ${name}`);
  await queryOnce(serverUrl, `alter database ${name} set search_path = public, chaos, pg_catalog`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await queryOnce(url.toString(), CLOCK);
  await migrate(url.toString());
  await queryOnce(url.toString(), WITNESS);
  return url.toString();
}

/** Steps the clock; it stays so. */
export async function stepClock(databaseUrl: string, byMs: number): Promise<void> {
  await queryOnce(databaseUrl, "update chaos.clock set ahead = ahead + $1::float8 * interval '1 millisecond'", [byMs]);
}

export async function witnessed(databaseUrl: string): Promise<string[]> {
  return (await queryOnce<{ what: string }>(databaseUrl, 'select what from chaos.witnessed order by id')).map(({ what }) => what);
}
