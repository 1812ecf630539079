import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { projectRoot } from '#ground/config/project-root';
import { createPool } from '#ground/postgres/pool';
import { SecretBox } from '#ground/secrets/secret-box';
import { secretContext } from '#ground/secrets/secret-contexts';

const [FORMER, PRESENT] = ['f'.repeat(32), 'p'.repeat(32)];
const SECRETS = 10_000;

let test: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  test = await createTestDatabase();
  pool = createPool({ databaseUrl: test.url, applicationName: 'test', max: 2 });
  const { rows: [endpoint] } = await pool.query<{ id: number; publicId: string }>("insert into endpoints (public_id, tenant, url) values (gen_random_uuid(), 'default', 'http://127.0.0.1:9/') returning id, public_id as \"publicId\"");
  const box = new SecretBox(FORMER).seal('whsec_a', secretContext(endpoint?.publicId ?? ''));
  await pool.query("set lockstep.reencrypting = on; alter table endpoint_secrets disable trigger change_endpoint_of_secret");
  await pool.query("insert into endpoint_secrets (endpoint, tenant, ciphertext) select $1, 'default', $2 from generate_series(1, $3::integer)", [endpoint?.id, box, SECRETS]);
  await pool.query('alter table endpoint_secrets enable trigger change_endpoint_of_secret');
});

afterAll(async () => {
  await pool.end();
  await test.drop();
});

interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** @param killWhen kills the process at once when its output matches */
async function rotate(args: readonly string[], keys: Record<string, string>, killWhen?: RegExp): Promise<Run> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [path.join(projectRoot(), 'dist', 'libs', 'upkeep', 'secrets', 'rotate-secrets.js'), ...args], { env: { PATH, DATABASE_URL: test.url, ...keys } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (killWhen?.test(output) === true) child.kill('SIGKILL');
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

const BOTH = { LOCKSTEP_SECRET_KEY: PRESENT, LOCKSTEP_SECRET_KEY_OLD: FORMER };

it('can be killed at any moment and run again, until the former key is no longer needed', async () => {
  expect(await rotate(['--check'], BOTH)).toMatchObject({ code: 1, output: expect.stringMatching(`${SECRETS} of ${SECRETS} stored secrets need a key of LOCKSTEP_SECRET_KEY_OLD`) as unknown });
  const killed = await rotate([], BOTH, /signing secrets: \d+ read/);
  expect(killed.code).toBeNull();
  const half = /(\d+) of \d+ stored secrets need/.exec((await rotate(['--check'], BOTH)).output)?.[1];
  expect(Number(half)).toBeGreaterThan(0);
  expect(Number(half)).toBeLessThan(SECRETS);
  const whole = await rotate([], BOTH);
  expect(whole).toMatchObject({ code: 0, output: expect.stringContaining('LOCKSTEP_SECRET_KEY_OLD is no longer needed') as unknown });
  expect(await rotate(['--check'], { LOCKSTEP_SECRET_KEY: PRESENT })).toMatchObject({ code: 0 });
});

it('says what it lacks, and what no key opens', async () => {
  expect(await rotate([], {})).toEqual({ code: 2, output: expect.stringContaining('rotate-secrets: could not run: set LOCKSTEP_SECRET_KEY') as unknown });
  expect(await rotate([], { LOCKSTEP_SECRET_KEY: 'short' })).toMatchObject({ code: 2, output: expect.stringContaining('LOCKSTEP_SECRET_KEY: must be at least 32 characters') as unknown });
  expect(await rotate([], { LOCKSTEP_SECRET_KEY: 'x'.repeat(32) })).toMatchObject({ code: 1, output: expect.stringMatching(new RegExp(`${SECRETS} of ${SECRETS} stored secrets open with none of the keys`)) as unknown });
});

it('runs once at a time', async () => {
  const other = await pool.connect();
  try {
    await other.query("select pg_advisory_lock(hashtext('lockstep.rotate-secrets'))");
    expect(await rotate([], BOTH)).toMatchObject({ code: 2, output: expect.stringContaining('another one is running') as unknown });
  } finally {
    other.release(true);
  }
});
