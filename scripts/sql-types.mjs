/**
 * npm run sql:types: writes the types of every statement (x.sql → x.queries.ts beside it) as a freshly migrated
 * Postgres sees them. npm run sql:check: fails when the files that are there differ from that.
 *
 * Runs our libraries from their sources: while the generated files are old or missing, there is nothing to build.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
// The default import: an old Node would fail to link a name that it lacks, before checkNode can say what to do.
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import pg from 'pg';
import { startPostgres } from '#dev/embedded/postgres-server';
import { migrate } from '#ground/postgres/migrate';
import { freePort } from '#dev/embedded/free-port';
import { ORDERS_MIGRATIONS } from '../apps/orders/src/orders-migrations.ts';
import { checkNode } from './check-node.mjs';

checkNode();
const run = promisify(execFile);
const ROOT = path.dirname(import.meta.dirname);
// Not apps/*/migrations.
const STATEMENTS = '{apps/*/src,libs}/**/*.sql';
const GENERATED = '{apps,libs}/**/*.queries.ts';

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
try {
  const [wanted, present] = [await generate(), await readAll(ROOT, GENERATED)];
  const changed = [...wanted.keys()].filter((file) => present.get(file) !== wanted.get(file));
  const orphaned = [...present.keys()].filter((file) => !wanted.has(file));
  if (options.check) report(changed, orphaned, wanted.size);
  else await update(wanted, changed, orphaned);
} catch (error) {
  console.error(`sql-types: ${error.message || error}`);
  process.exitCode = 1;
}

function report(changed, orphaned, count) {
  for (const file of changed) console.error(`${file} is not what its .sql file gives`);
  for (const file of orphaned) console.error(`${file} has no .sql file beside it`);
  if (changed.length + orphaned.length > 0) {
    console.error('Run `npm run sql:types` and commit what it writes.');
    process.exitCode = 1;
  } else {
    console.log(`The generated types of ${count} SQL files are current.`);
  }
}

async function update(wanted, changed, orphaned) {
  for (const file of changed) await fs.writeFile(path.join(ROOT, file), wanted.get(file));
  for (const file of orphaned) await fs.rm(path.join(ROOT, file));
  for (const file of changed) console.log(`wrote ${file}`);
  for (const file of orphaned) console.log(`removed ${file}`);
  console.log(`${wanted.size} SQL files, ${changed.length + orphaned.length} changes.`);
}

/** Path → content of every file that PgTyped makes of the .sql files, made in a copy, so that nothing is touched here. */
async function generate() {
  const copy = await fs.mkdtemp(path.join(tmpdir(), 'lockstep-sql-types-'));
  try {
    // Beside the database's files: PgTyped looks through all that is in its folder.
    const sources = path.join(copy, 'sources');
    for await (const file of fs.glob(STATEMENTS, { cwd: ROOT })) {
      await fs.mkdir(path.dirname(path.join(sources, file)), { recursive: true });
      await fs.cp(path.join(ROOT, file), path.join(sources, file));
    }
    return await withFreshDatabase(copy, (databaseUrl) => runPgTyped(sources, databaseUrl));
  } finally {
    await fs.rm(copy, { recursive: true, force: true });
  }
}

/** What PgTyped writes, with our class in the place of its own, which does over at each run what can be done once. */
function onOurRuntime(content) {
  return content.replace("from '@pgtyped/runtime'", "from '#ground/postgres/prepared-query'");
}

async function runPgTyped(folder, databaseUrl) {
  const pgtyped = fileURLToPath(import.meta.resolve('@pgtyped/cli/lib/index.js'));
  const args = [pgtyped, '--config', path.join(ROOT, 'pgtyped.json'), '--uri', databaseUrl];
  // A bare environment: PgTyped takes every variable for an option of its own, and PGHOST and the like over --uri.
  const { stdout, stderr } = await run(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH } });
  // It exits with 0 whatever happens: a statement that Postgres refuses is on stderr, one that it can't parse on
  // stdout, and their files are missing.
  const made = new Map([...(await readAll(folder, GENERATED))].map(([file, content]) => [file, onOurRuntime(content)]));
  const missing = (await Array.fromAsync(fs.glob(STATEMENTS, { cwd: folder }))).filter((file) => !made.has(file.replace(/sql$/, 'queries.ts')));
  if (missing.length === 0 && stderr === '') return made;
  const details = stdout.split('\n').filter((line) => !/^(Using|Processing|Saved|Skipped)/.test(line)).join('\n');
  throw new Error(`PgTyped made nothing of ${missing.join(', ')}\n${stderr}${details}`.trim());
}

/** Lends a migrated database, on the server of DATABASE_URL when that is set, else on a throw-away one. */
async function withFreshDatabase(folder, use) {
  const given = process.env.DATABASE_URL;
  if (given === undefined || given === '') {
    // fsync off: nothing here is worth surviving a power cut.
    const server = await startPostgres({ dataDir: path.join(folder, 'postgres'), port: await freePort(), onLog: () => undefined, fsync: false });
    try {
      await migrateAll(server.url);
      return await use(server.url);
    } finally {
      await server.stop();
    }
  }
  const name = `lockstep_sql_types_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: given });
  await admin.connect();
  try {
    await admin.query(`create database ${name}`);
    const url = Object.assign(new URL(given), { pathname: `/${name}` }).href;
    await migrateAll(url);
    return await use(url);
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`).finally(() => admin.end());
  }
}

async function migrateAll(databaseUrl) {
  await migrate(databaseUrl);
  await migrate(databaseUrl, ORDERS_MIGRATIONS);
}

async function readAll(folder, pattern) {
  const contents = new Map();
  for (const file of (await Array.fromAsync(fs.glob(pattern, { cwd: folder }))).sort()) {
    contents.set(file, await fs.readFile(path.join(folder, file), 'utf8'));
  }
  return contents;
}
