/**
 * npm run sql:types generates x.queries.ts from every x.sql, with types from a freshly migrated Postgres. npm run
 * sql:check fails if the committed files differ. Libraries are imported as sources: a build needs the generated files.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
// The default import, because an old Node fails to link a missing name before checkNode can say what to do.
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
// Excludes apps/*/migrations.
const STATEMENTS = '{apps/*/src,libs}/**/*.sql';
const GENERATED = '{apps,libs}/**/*.queries.ts';

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
try {
  const [generated, present] = [await generate(), await readAll(ROOT, GENERATED)];
  const changed = [...generated.keys()].filter((file) => present.get(file) !== generated.get(file));
  const orphaned = [...present.keys()].filter((file) => !generated.has(file));
  if (options.check) report(changed, orphaned, generated.size);
  else await update(generated, changed, orphaned);
} catch (error) {
  console.error(`sql-types: ${error.message || error}`);
  process.exitCode = 1;
}

function report(changed, orphaned, count) {
  for (const file of changed) console.error(`${file} does not match its .sql file`);
  for (const file of orphaned) console.error(`${file} has no .sql file`);
  if (changed.length + orphaned.length > 0) {
    console.error('Run `npm run sql:types` and commit the changes.');
    process.exitCode = 1;
  } else {
    console.log(`The generated types of ${count} SQL files are current.`);
  }
}

async function update(generated, changed, orphaned) {
  for (const file of changed) await fs.writeFile(path.join(ROOT, file), generated.get(file));
  for (const file of orphaned) await fs.rm(path.join(ROOT, file));
  for (const file of changed) console.log(`wrote ${file}`);
  for (const file of orphaned) console.log(`removed ${file}`);
  console.log(`${generated.size} SQL files, ${changed.length + orphaned.length} changes.`);
}

/** The generated files, path → content. PgTyped runs in a copy, so that the project stays unchanged. */
async function generate() {
  const copy = await fs.mkdtemp(path.join(tmpdir(), 'lockstep-sql-types-'));
  try {
    // Not in the same folder as the database's files, because PgTyped searches all of its folder.
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

/** Replaces PgTyped's runtime class, which processes the statement again at each run, with ours. */
function withOwnRuntime(content) {
  return content.replace("from '@pgtyped/runtime'", "from '#ground/postgres/prepared-query'");
}

async function runPgTyped(folder, databaseUrl) {
  const pgtyped = fileURLToPath(import.meta.resolve('@pgtyped/cli/lib/index.js'));
  const args = [pgtyped, '--config', path.join(ROOT, 'pgtyped.json'), '--uri', databaseUrl];
  // A minimal environment: PgTyped reads variables as options, and prefers PGHOST and the like to --uri.
  const { stdout, stderr } = await run(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH } });
  // PgTyped always exits with 0. It reports a statement that Postgres rejects on stderr, one that it cannot parse on
  // stdout, and writes no file for either.
  const generated = new Map([...(await readAll(folder, GENERATED))].map(([file, content]) => [file, withOwnRuntime(content)]));
  const missing = (await Array.fromAsync(fs.glob(STATEMENTS, { cwd: folder }))).filter((file) => !generated.has(file.replace(/sql$/, 'queries.ts')));
  if (missing.length === 0 && stderr === '') return generated;
  const details = stdout.split('\n').filter((line) => !/^(Using|Processing|Saved|Skipped)/.test(line)).join('\n');
  throw new Error(`PgTyped generated nothing for ${missing.join(', ')}\n${stderr}${details}`.trim());
}

/** Passes a migrated database to `use`, on the server of DATABASE_URL if set, else on a temporary one. */
async function withFreshDatabase(folder, use) {
  const configured = process.env.DATABASE_URL;
  if (configured === undefined || configured === '') {
    // Without fsync, because the data is temporary.
    const server = await startPostgres({ dataDir: path.join(folder, 'postgres'), port: await freePort(), onLog: () => undefined, fsync: false });
    try {
      await migrateAll(server.url);
      return await use(server.url);
    } finally {
      await server.stop();
    }
  }
  const name = `lockstep_sql_types_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: configured });
  await admin.connect();
  try {
    await admin.query(`create database ${name}`);
    const url = Object.assign(new URL(configured), { pathname: `/${name}` }).href;
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
