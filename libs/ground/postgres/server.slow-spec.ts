import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { clusterFolder } from '#dev/embedded/postgres-data';
import { type PostgresServer, startPostgres } from '#dev/embedded/postgres-server';
import { freePort } from '#dev/testing/free-port';
import { migrate } from './migrate.js';
import { databaseOf } from './pool.js';
import { inspectServer } from './server.js';
import { inSession } from './session.js';

let folder: string;
let server: PostgresServer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-standby-'));
  const options = { dataDir: path.join(folder, 'postgres'), port: await freePort(), onLog: () => undefined, fsync: false };
  await (await startPostgres(options)).stop();
  await writeFile(path.join(clusterFolder(options.dataDir), 'standby.signal'), '');
  server = await startPostgres(options);
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

it('waits for a standby, and works with it once it is promoted', async () => {
  await expect(migrate(server.url)).rejects.toMatchObject({ code: 'postgres_standby', retriable: true });
  await inSession(server.url, async (client) => {
    await client.query('select pg_promote()');
    expect((await inspectServer(databaseOf(client))).connections).toBeGreaterThan(10);
  });
  expect(await migrate(server.url)).not.toEqual([]);
});
