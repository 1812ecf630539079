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

/** What must never be in Postgres is noted when it gets there: at the end it could have been covered up. */
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
