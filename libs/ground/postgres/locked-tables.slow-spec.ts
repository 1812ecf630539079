import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { createEmptyDatabase, type TestDatabase } from '#dev/testing/test-database';
import { captureLog } from '#dev/testing/log-capture';
import { projectRoot } from '#ground/config/project-root';
import { migrate } from './migrate.js';
import { whenPostgresAnswers } from './when-postgres-answers.js';

/** The last migration of an earlier release. */
const EARLIER = '0010';

let folder: string;
let database: TestDatabase;
let reader: pg.Client;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-migrations-'));
  const all = path.join(projectRoot(), 'migrations');
  for (const file of await readdir(all)) if (file.slice(0, 4) <= EARLIER) await copyFile(path.join(all, file), path.join(folder, file));
  database = await createEmptyDatabase();
  await migrate(database.url, { folder });
  reader = new pg.Client(database.url);
  await reader.connect();
});

afterAll(async () => {
  await reader.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

it.each(['tenants', 'events', 'audit_log'])('migrations give up when a session reads %s for long, so that inserts do not wait behind them', async (table) => {
  await reader.query('begin');
  await reader.query(`select from ${table} limit 1`);
  await expect(migrate(database.url)).rejects.toMatchObject({ code: '55P03' });
  await reader.query('commit');
});

it('the start says what it waits for, and migrates when the session ends', async () => {
  const { logger, lines } = captureLog();
  await reader.query('begin');
  await reader.query('select from audit_log limit 1');
  await whenPostgresAnswers(async () => {
    try {
      await migrate(database.url);
    } catch (error) {
      await reader.query('commit');
      throw error;
    }
  }, logger, new AbortController().signal);
  expect(lines.map(({ msg }) => msg)).toEqual([expect.stringContaining('pg_stat_activity')]);
});
