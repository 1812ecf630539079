import { parseArgs } from 'node:util';
import { parseEnvironment } from '#ground/config/config';
import { RunningStack } from '#ground/config/running-stack';
import { exclusively } from '#ground/postgres/advisory-lock';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { failureOf } from '#ground/postgres/sql-errors';
import { SecretBox } from '#ground/secrets/secret-box';
import { type Pass, Reencryption } from './reencryption.js';

/**
 * npm run rotate-secrets [-- --check]: encrypts everything that a key of LOCKSTEP_SECRET_KEY_OLD has encrypted with
 * LOCKSTEP_SECRET_KEY. With --check it only counts what needs a former key.
 * Exit code 0: LOCKSTEP_SECRET_KEY opens everything; 1: it does not; 2: could not run.
 */

/** Contexts that are listed of those that no key opens. */
const MOST_LISTED = 20;

interface Keys {
  readonly present: string;
  readonly former: readonly string[];
}

/** @throws ConfigError; Error for a missing key */
function readKeys(): Keys {
  const { LOCKSTEP_SECRET_KEY: present, LOCKSTEP_SECRET_KEY_OLD: former = [] } = parseEnvironment(process.env);
  if (present === undefined) throw new Error('set LOCKSTEP_SECRET_KEY to the new key, and LOCKSTEP_SECRET_KEY_OLD to those before it (that of `npm start` is in .lockstep/secret-key)');
  return { present, former };
}

/** @returns undefined if another process does it already */
async function rotate(keys: Keys): Promise<Pass | undefined> {
  const pool = createPool({ databaseUrl: new RunningStack(process.env).databaseUrl(), applicationName: 'lockstep rotate-secrets', max: 1, plans: 'by-index' });
  try {
    return await exclusively(pool, 'lockstep.rotate-secrets', new AbortController().signal, async (client) => {
      // To the triggers of 0023: what follows is no change of an endpoint.
      await client.query('set lockstep.reencrypting = on');
      return new Reencryption(databaseOf(client), new SecretBox(keys.present, keys.former), printProgress).run();
    });
  } finally {
    await pool.end();
  }
}

async function check(keys: Keys): Promise<Pass> {
  const pool = createPool({ databaseUrl: new RunningStack(process.env).databaseUrl(), applicationName: 'lockstep rotate-secrets', max: 1, plans: 'by-index' });
  try {
    return await new Reencryption(databaseOf(pool), new SecretBox(keys.present, keys.former), () => undefined).check();
  } finally {
    await pool.end();
  }
}

function printProgress(column: string, stored: number, resealed: number): void {
  console.log(`${column}: ${stored} read, ${resealed} encrypted again`);
}

/** @returns whether LOCKSTEP_SECRET_KEY opens everything */
function conclude({ stored, former, unreadable }: Pass, advice: string): boolean {
  if (unreadable.length > 0) {
    console.log(`${unreadable.length} of ${stored} stored secrets open with none of the keys. Give the key that they were stored with in LOCKSTEP_SECRET_KEY_OLD, or set them again:`);
    for (const context of unreadable.slice(0, MOST_LISTED)) console.log(`  ${context}`);
    if (unreadable.length > MOST_LISTED) console.log(`  and ${unreadable.length - MOST_LISTED} more`);
  }
  if (former > 0) console.log(`${former} of ${stored} stored secrets need a key of LOCKSTEP_SECRET_KEY_OLD: ${advice}`);
  if (former > 0 || unreadable.length > 0) return false;
  console.log(`LOCKSTEP_SECRET_KEY opens all ${stored} stored secrets. Once every process runs with this key, LOCKSTEP_SECRET_KEY_OLD is no longer needed.`);
  return true;
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const keys = readKeys();
  if (values.check) return conclude(await check(keys), 'run `npm run rotate-secrets`');
  const pass = await rotate(keys);
  if (pass === undefined) throw new Error('another one is running');
  return conclude(pass, 'a process still encrypts with it, or holds rows. Start every process with the new LOCKSTEP_SECRET_KEY, and run this again');
}

function reasonOf(error: unknown): string {
  if (failureOf(error) === 'other_schema') return 'the database has not this release\'s schema: run `npm run migrate`, or look whether DATABASE_URL names the right one';
  // If every address refuses the connection, the error has an empty message.
  if (error instanceof AggregateError && error.message === '') return error.errors.map((each: unknown) => (each instanceof Error ? each.message : String(each))).join('; ');
  return error instanceof Error ? error.message : String(error);
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(`rotate-secrets: could not run: ${reasonOf(error)}`);
  process.exitCode = 2;
}
