import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '#config/project-root';
import { parseDurationMs } from '#domain/duration';
import { createPool } from '#postgres/pool';
import { sqlStateOf } from '#postgres/sql-errors';
import { LedgerRepository } from './ledger.repository.js';
import { linesOf, reportOf } from './ledger.js';

/**
 * npm run verify [-- --json --older-than 10m]: proves from independent records that nothing was lost.
 * Exit code 0: balanced, 1: violated, 2: could not be checked.
 */

// Above any check of tables that one server holds; it only ends what would hang for ever.
const TIMEOUT_MS = 3_600_000;

interface VerifyOptions {
  readonly json: boolean;
  readonly olderThanMs: number | undefined;
}

function readOptions(): VerifyOptions {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, 'older-than': { type: 'string' } } });
  const olderThan = values['older-than'];
  const olderThanMs = olderThan === undefined ? undefined : parseDurationMs(olderThan);
  if (olderThan !== undefined && olderThanMs === undefined) throw new Error(`--older-than ${olderThan} is not a duration like 30s, 10m or 2h`);
  return { json: values.json, olderThanMs };
}

/** DATABASE_URL, or else the database of the stack that runs in LOCKSTEP_DATA_DIR. */
function findDatabaseUrl(environment: NodeJS.ProcessEnv): string {
  const given = environment['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const stackFile = path.join(path.resolve(projectRoot(), environment['LOCKSTEP_DATA_DIR'] || '.lockstep'), 'stack.json');
  let text: string;
  try {
    text = readFileSync(stackFile, 'utf8');
  } catch {
    throw new Error('set DATABASE_URL, or start a stack first (npm start)');
  }
  const { databaseUrl } = JSON.parse(text) as { databaseUrl?: unknown };
  if (typeof databaseUrl !== 'string') throw new Error(`${stackFile} names no database`);
  return databaseUrl;
}

async function verify(): Promise<boolean> {
  const { json, olderThanMs } = readOptions();
  const pool = createPool({ databaseUrl: findDatabaseUrl(process.env), applicationName: 'lockstep verify', max: 1, transactionTimeoutMs: TIMEOUT_MS });
  try {
    const startedAt = performance.now();
    const { counts, violations } = await new LedgerRepository(pool).read({ olderThanMs });
    const report = reportOf(counts, violations);
    const lines = json ? [JSON.stringify(report)] : linesOf(report, performance.now() - startedAt);
    for (const line of lines) console.log(line);
    return report.balanced;
  } finally {
    await pool.end();
  }
}

function reasonOf(error: unknown): string {
  // 3F: no such schema, 42P01: no such table, 42703: no such column, 42704: no such type.
  if (['3F000', '42P01', '42703', '42704'].includes(sqlStateOf(error) ?? '')) return 'the database has not this release\'s schema: run `npm run migrate`, or look whether DATABASE_URL names the right one';
  // A connection that is refused on every address has an empty message.
  if (error instanceof AggregateError && error.message === '') return error.errors.map((each: unknown) => (each instanceof Error ? each.message : String(each))).join('; ');
  return error instanceof Error ? error.message : String(error);
}

try {
  process.exitCode = (await verify()) ? 0 : 1;
} catch (error) {
  console.error(`verify: could not check: ${reasonOf(error)}`);
  process.exitCode = 2;
}
