/**
 * npm run migrate [-- --status]: brings the schema of DATABASE_URL (or else of the stack that runs in
 * LOCKSTEP_DATA_DIR) up to date, or says how far it is.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkNode } from './check-node.mjs';

checkNode();
const ROOT = path.dirname(import.meta.dirname);

try {
  const { values } = parseArgs({ options: { status: { type: 'boolean', default: false } } });
  // The image has no compiler and no need of one.
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

/** Exit code 0 only when the database has exactly the migrations of this release. */
async function printStatus(databaseUrl) {
  const { schemaStatus } = await import('#ground/postgres/migrate');
  const status = await schemaStatus(databaseUrl);
  for (const name of status.applied) console.log(`${status.unknown.includes(name) ? 'unknown' : 'applied'} ${name}`);
  for (const name of status.pending) console.log(`pending ${name}`);
  if (status.pending.length > 0 || status.unknown.length > 0) process.exitCode = 1;
}

function findDatabaseUrl() {
  const given = process.env.DATABASE_URL;
  if (given !== undefined && given !== '') return given;
  const stackFile = path.join(path.resolve(ROOT, process.env.LOCKSTEP_DATA_DIR || '.lockstep'), 'stack.json');
  if (existsSync(stackFile)) return JSON.parse(readFileSync(stackFile, 'utf8')).databaseUrl;
  throw new Error('set DATABASE_URL, or start a stack first (npm start)');
}

/** A connection that is refused on every address is an AggregateError with an empty message. */
function reasonOf(error) {
  return error.message || error.errors?.map((each) => each.message).join('; ') || String(error);
}
