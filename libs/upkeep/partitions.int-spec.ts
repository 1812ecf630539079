import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { captureLog } from '#dev/testing/log-capture';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { PartitionKeeper } from './partitions.js';
import { partitionFailures, partitionsAhead } from './partitions.metrics.js';
import { PartitionsModule } from './partitions.module.js';
import { createPool } from '#ground/postgres/pool';
import { renderMetrics } from '#ground/telemetry/metrics';

const DAY_SECONDS = 86_400;
const TABLES = ['events', 'inbox', 'deliveries', 'attempts'];

let database: TestDatabase;
let pool: pg.Pool;
const processes: TestingModule[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 4 });
});

afterEach(async () => {
  await Promise.all(processes.splice(0).map(async (process) => {
    await process.get(PartitionKeeper).stop();
    await process.close();
  }));
  await pool.end();
  await database.drop();
});

/** The keeper of one more process. */
async function keeperOf(logger = captureLog().logger): Promise<PartitionKeeper> {
  const process = await testModules(database.url, [PartitionsModule], { logger }).compile();
  processes.push(process);
  return process.get(PartitionKeeper);
}

/** The suffix of a day's partitions, counted from today. */
async function dayAfter(days: number): Promise<string> {
  const { rows } = await pool.query<{ day: string }>("select to_char((now() at time zone 'utc')::date + $1::integer, 'YYYYMMDD') as day", [days]);
  return rows[0]?.day ?? '';
}

async function failures(): Promise<number> {
  return (await partitionFailures.get()).values[0]?.value ?? 0;
}

describe('PartitionKeeper', () => {
  it('makes partitions from yesterday to a week ahead, in several processes at once', async () => {
    await pool.query("do $$ declare t text; begin for t in select relname from pg_class where relname ~ '^(events|inbox|deliveries|attempts)_\\d{8}$' and relkind = 'r' loop execute format('drop table %I', t); end loop; end $$");
    const keepers = await Promise.all(Array.from({ length: 3 }, () => keeperOf()));
    await Promise.all(keepers.map((keeper) => keeper.start()));
    for (const table of TABLES) {
      const { rows } = await pool.query<{ day: string }>('select right(inhrelid::regclass::text, 8) as day from pg_inherits where inhparent = $1::regclass order by 1', [table]);
      expect(rows).toHaveLength(9);
      expect(rows[1]?.day).toBe(await dayAfter(0));
    }
    for (const keeper of keepers) {
      expect(keeper.problem).toBeUndefined();
      expect(keeper.aheadSeconds).toBeGreaterThan(7 * DAY_SECONDS - 60);
      expect(keeper.aheadSeconds).toBeLessThanOrEqual(8 * DAY_SECONDS);
    }
  });

  it('makes them with the settings of their tables, including the statistics targets', async () => {
    const ofColumns = async (day: string): Promise<unknown[]> => {
      const { rows } = await pool.query(
        "select relname, attname, attstattarget from pg_attribute join pg_class c on c.oid = attrelid where relname = any($1) and attnum > 0 order by 1, 2",
        [TABLES.map((table) => `${table}${day}`)]);
      return rows.map((row: { relname: string }) => ({ ...row, relname: row.relname.replace(day, '') }));
    };
    await pool.query("select ensure_partitions('2020-01-01')");
    const made = await ofColumns('_20200101');
    expect(made).toEqual(await ofColumns(''));
    expect(made).toEqual(await ofColumns(`_${await dayAfter(0)}`));
    expect(made).toContainEqual({ relname: 'events', attname: 'entity', attstattarget: 10 });
    expect(made).toContainEqual({ relname: 'events', attname: 'payload', attstattarget: 0 });
  });

  it('reports when events will be refused, and works on, while a partition cannot be made', async () => {
    const day = await dayAfter(3);
    await pool.query(`alter table inbox detach partition inbox_${day}`);
    const log = captureLog();
    const before = await failures();
    const keeper = await keeperOf(log.logger);
    await keeper.start();
    const end = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00.000Z`;
    expect(log.lines).toMatchObject([{ level: 50, partitionsEnd: end, err: { message: `relation "inbox_${day}" already exists` }, msg: expect.stringContaining(`from then on events are refused`) as unknown }]);
    expect(await failures()).toBe(before + 1);
    partitionsAhead.observe(() => keeper.aheadSeconds);
    const shown = /^lockstep_partitions_ahead_seconds (\S+)/m.exec((await renderMetrics()).body)?.[1];
    expect(Math.abs(Number(shown) - (Date.parse(end) - Date.now()) / 1_000)).toBeLessThan(10);
    // Three days are enough.
    expect(keeper.problem).toBeUndefined();
  });

  it('is degraded when less than a day is left', async () => {
    const day = await dayAfter(1);
    await pool.query(`alter table attempts detach partition attempts_${day}`);
    const keeper = await keeperOf();
    await keeper.start();
    expect(keeper.problem).toMatch(/the partitions end at .*T00:00:00.000Z: events are refused from then on/);
  });

  it('does not start without a partition for today', async () => {
    await pool.query(`alter table deliveries detach partition deliveries_${await dayAfter(0)}`);
    const keeper = await keeperOf();
    await expect(keeper.start()).rejects.toThrow('already exists');
  });
});
