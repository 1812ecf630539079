import { parseArgs } from 'node:util';
import { parseDurationMs } from '#domain/duration';
import { createPool } from '#ground/postgres/pool';
import { failureOf } from '#ground/postgres/sql-errors';
import { readEventLogs } from './event-logs.js';
import { linesOf, reportOf } from './ledger.js';
import { LedgerRepository, type LogBounds } from './ledger.repository.js';
import { RunningStack } from '#ground/config/running-stack';

/**
 * npm run verify [-- --json --kafka --older-than 10m]: proves from independent records that nothing was lost.
 * Exit code 0: balanced, 1: violated, 2: could not be checked.
 */

// Above any check of the tables of one server. It only ends a check that hangs.
const TIMEOUT_MS = 3_600_000;

// On two cores four connections took as long, and a fifth longer where they compare rows.
const CONNECTIONS = 2;

interface VerifyOptions {
  readonly json: boolean;
  /** Also compares with Kafka's logs. */
  readonly kafka: boolean;
  readonly olderThanMs: number | undefined;
}

function readOptions(): VerifyOptions {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, kafka: { type: 'boolean', default: false }, 'older-than': { type: 'string' } } });
  const olderThan = values['older-than'];
  const olderThanMs = olderThan === undefined ? undefined : parseDurationMs(olderThan);
  if (olderThan !== undefined && olderThanMs === undefined) throw new Error(`--older-than ${olderThan} is not a duration like 30s, 10m or 2h`);
  return { json: values.json, kafka: values.kafka, olderThanMs };
}

async function verify(): Promise<boolean> {
  const { json, kafka, olderThanMs } = readOptions();
  const stack = new RunningStack(process.env);
  const pool = createPool({ databaseUrl: stack.databaseUrl(), applicationName: 'lockstep verify', max: CONNECTIONS, transactionTimeoutMs: TIMEOUT_MS });
  const readLogs = kafka ? (): Promise<ReadonlyMap<number, LogBounds>> => readEventLogs(stack.kafka()) : undefined;
  try {
    const startedAt = performance.now();
    const report = reportOf(await new LedgerRepository(pool).read({ olderThanMs, readLogs }));
    const lines = json ? [JSON.stringify(report)] : linesOf(report, performance.now() - startedAt);
    for (const line of lines) console.log(line);
    return report.balanced;
  } finally {
    await pool.end();
  }
}

function reasonOf(error: unknown): string {
  if (failureOf(error) === 'other_schema') return 'the database has not this release\'s schema: run `npm run migrate`, or look whether DATABASE_URL names the right one';
  // If every address refuses the connection, the error has an empty message.
  if (error instanceof AggregateError && error.message === '') return error.errors.map((each: unknown) => (each instanceof Error ? each.message : String(each))).join('; ');
  return error instanceof Error ? error.message : String(error);
}

try {
  process.exitCode = (await verify()) ? 0 : 1;
} catch (error) {
  console.error(`verify: could not check: ${reasonOf(error)}`);
  process.exitCode = 2;
}
