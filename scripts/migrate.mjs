/**
 * npm run migrate [-- --status]: applies pending migrations to DATABASE_URL, or else to the stack that runs in
 * LOCKSTEP_DATA_DIR. With --status it only lists them.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkNode } from './check-node.mjs';

checkNode();
const ROOT = path.dirname(import.meta.dirname);

try {
  const { values } = parseArgs({ options: { status: { type: 'boolean', default: false } } });
  // The image contains dist but no compiler.
  if (!existsSync(path.join(ROOT, 'dist', 'libs', 'ground', 'postgres', 'migrate.js'))) {
    await (await import('./build-if-stale.mjs')).buildIfStale();
  }
  const databaseUrl = findDatabaseUrl();
  await (values.status ? printStatus(databaseUrl) : applyPending(databaseUrl));
} catch (error) {
  console.error(`migrate: ${reasonOf(error)}`);
  process.exitCode = 1;
}

async function applyPending(databaseUrl) {
  const { migrate } = await import('#ground/postgres/migrate');
  const names = await migrate(databaseUrl, undefined, (notice) => console.log(notice));
  for (const name of names) console.log(`applied ${name}`);
  if (names.length === 0) console.log('Nothing to apply: the schema is current.');
}

/** Sets the exit code 1 unless the database has exactly the migrations of this release. */
async function printStatus(databaseUrl) {
  const { schemaStatus } = await import('#ground/postgres/migrate');
  const status = await schemaStatus(databaseUrl);
  for (const name of status.applied) console.log(`${status.unknown.includes(name) ? 'unknown' : 'applied'} ${name}`);
  for (const name of status.pending) console.log(`pending ${name}`);
  if (status.pending.length > 0 || status.unknown.length > 0) process.exitCode = 1;
}

function findDatabaseUrl() {
  const configured = process.env.DATABASE_URL;
  if (configured !== undefined && configured !== '') return configured;
  const stackFile = path.join(path.resolve(ROOT, process.env.LOCKSTEP_DATA_DIR || '.lockstep'), 'stack.json');
  if (existsSync(stackFile)) return JSON.parse(readFileSync(stackFile, 'utf8')).databaseUrl;
  throw new Error('set DATABASE_URL, or start a stack first (npm start)');
}

/** If every address refuses a connection, the error is an AggregateError with an empty message. */
function reasonOf(error) {
  return error.message || error.errors?.map((each) => each.message).join('; ') || String(error);
}
