import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { type PostgresServer, startPostgres } from '#dev/embedded/postgres-server';
import { freePort } from '#dev/testing/free-port';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { migrate } from '#ground/postgres/migrate';
import { inSession } from '#ground/postgres/session';
import { DeliveryModule } from './delivery.module.js';
import { EndpointDirectory } from './endpoint-directory.js';

let folder: string;
let port: number;
let server: PostgresServer;
let delivery: TestingModule | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-failover-'));
  port = await freePort();
});

afterEach(async () => {
  await delivery?.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts one of the two servers, at the address that both have. */
async function start(name: 'primary' | 'standby'): Promise<void> {
  server = await startPostgres({ dataDir: path.join(folder, name), port, onLog: () => undefined, fsync: false });
}

async function run(...statements: string[]): Promise<void> {
  await inSession(server.url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

it('reads all endpoints again after a failover that lost commits, though versions and transactions have the same numbers', async () => {
  await start('primary');
  await migrate(server.url);
  await run("insert into endpoints (public_id, tenant, url, timeout_ms) select gen_random_uuid(), 'default', 'http://127.0.0.1:9/', 1000 from generate_series(1, 4)");
  await server.stop();
  await promisify(execFile)('cp', ['-a', path.join(folder, 'primary'), path.join(folder, 'standby')]);

  await start('standby');
  await run('update endpoints set timeout_ms = 2222 where id in (1, 4)');
  await server.stop();

  await start('primary');
  // Also some transactions more than the standby has.
  await run('update endpoints set timeout_ms = 1111 where id in (1, 2)', ...Array.from({ length: 50 }, () => 'select pg_current_xact_id()'));
  delivery = await testModules(server.url, [DeliveryModule]).compile();
  const directory = delivery.get(EndpointDirectory);
  const timeouts = (): (number | undefined)[] => [1, 2, 3, 4].map((id) => directory.open(id)?.timeoutMs);
  await directory.start();
  try {
    expect(timeouts()).toEqual([1_111, 1_111, 1_000, 1_000]);
    await server.stop();
    // Of a change that the primary answered, and lost.
    directory.requireVersion(3, 2);
    await start('standby');
    await waitUntil('the settings of the standby', () => directory.get(4)?.timeoutMs === 2_222);
    expect(timeouts()).toEqual([2_222, 1_000, 1_000, 2_222]);
    await run('update endpoints set timeout_ms = 3333 where id = 2');
    await waitUntil('the next change', () => directory.open(2)?.timeoutMs === 3_333);
  } finally {
    await directory.stop();
  }
});
