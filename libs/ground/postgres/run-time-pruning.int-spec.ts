import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { projectRoot } from '#ground/config/project-root';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';

/** A statement that Postgres plans, with the number of its partition prunings of each kind. */
interface Planned {
  readonly atStart: number;
  readonly atRunTime: number;
  /** Whether it may find that a row has changed since it began. */
  readonly waitsForRows: boolean;
}

interface Source {
  readonly statement: string;
  readonly params: readonly { readonly locs: readonly { readonly a: number; readonly b: number }[] }[];
}

/** As sessions have them (see `createPool`). */
const SETTINGS = [
  [], ['enable_nestloop'], ['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan'],
  ['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan', 'enable_bitmapscan'], ['enable_sort'], ['enable_sort', 'enable_seqscan'],
];

let database: TestDatabase;
let client: pg.Client;
let logged = '';

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client(database.url);
  await client.connect();
  client.on('notice', ({ detail }) => (logged += detail ?? ''));
  await client.query('set debug_print_plan = on');
  await client.query('set client_min_messages = log');
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

async function planned(statement: string): Promise<Planned> {
  logged = '';
  await client.query(`explain (generic_plan) ${statement}`);
  const plan = logged.replace(/\s+/g, ' ');
  const count = (pattern: RegExp): number => [...plan.matchAll(pattern)].length;
  return {
    atStart: count(/:initial_pruning_steps \(/g),
    atRunTime: count(/:exec_pruning_steps \(/g),
    // CmdType in nodes.h: 2 is an update, 4 a delete, 5 a merge.
    waitsForRows: count(/\{LOCKROWS /g) + count(/ :operation [245] /g) > 0,
  };
}

/** With `$1`, `$2`, … */
function textOf({ statement, params }: Source): string {
  const mentions = params.flatMap(({ locs }, i) => locs.map((loc) => ({ ...loc, place: `$${i + 1}` }))).sort((one, other) => other.a - one.a);
  return mentions.reduce((text, { a, b, place }) => text.slice(0, a) + place + text.slice(b + 1), statement);
}

async function* statements(): AsyncGenerator<{ name: string; text: string }> {
  for await (const file of glob('libs/**/*.queries.ts', { cwd: projectRoot() })) {
    const source = await readFile(path.join(projectRoot(), file), 'utf8');
    for (const [, name = '', literal = ''] of source.matchAll(/^const (\w+)IR: any = (\{.*\});$/gm)) yield { name, text: textOf(JSON.parse(literal) as Source) };
  }
}

describe('partitions', () => {
  it('are not pruned at run time by any statement that may wait for a row', async () => {
    const found: string[] = [];
    let [waiting, pruning] = [0, 0];
    for await (const { name, text } of statements()) {
      for (const off of SETTINGS) {
        await client.query(['begin', ...off.map((setting) => `set local ${setting} = off`)].join(';'));
        const { atRunTime, waitsForRows } = await planned(text);
        await client.query('rollback');
        if (atRunTime > 0) pruning += 1;
        if (!waitsForRows) break;
        waiting += 1;
        if (atRunTime > 0) found.push(name);
      }
    }
    expect([...new Set(found)]).toEqual([]);
    // It sees both.
    expect([waiting > 100, pruning > 10]).toEqual([true, true]);
  });

  it.each([
    ['select from events where id = (select event_id from inbox limit 1)', { atStart: 0, atRunTime: 1, waitsForRows: false }],
    ['select from events where id = $1', { atStart: 1, atRunTime: 0, waitsForRows: false }],
    ['update lanes set paused = true where id = 1', { atStart: 0, atRunTime: 0, waitsForRows: true }],
    ['with l as (select id from lanes where id = 1 for update) select from l', { atStart: 0, atRunTime: 0, waitsForRows: true }],
    ['with d as (delete from lanes where id = 1 returning id) select from d, events where events.id = (select event_id from inbox limit 1)', { atStart: 0, atRunTime: 1, waitsForRows: true }],
    ['with ids as materialized (select array[event_id] as ids from inbox) select from ids, events where events.id = any(ids.ids)', { atStart: 0, atRunTime: 0, waitsForRows: false }],
  ])('%s', async (statement, expected) => {
    expect(await planned(statement)).toEqual(expected);
  });
});
