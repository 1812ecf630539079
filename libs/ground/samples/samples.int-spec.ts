import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { testModules } from '#dev/testing/test-modules';
import { Samples } from './samples.js';
import { SamplesModule } from './samples.module.js';
import { SamplesRepository } from './samples.repository.js';
import type { Sample } from './samples.js';
import { SamplesWriter } from './samples-writer.js';

const NOON = Date.parse('2026-01-31T12:00:00Z');
const MINUTE_MS = 60_000;

let fixture: ShardFixture;
let log: LogCapture;
/** Two processes on one database; the network of the second can break. */
let processes: readonly [TestingModule, TestingModule];
let network: TcpProxy;

beforeAll(async () => {
  fixture = await createShardFixture();
  log = captureLog();
  const url = new URL(fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  processes = [await testModules(fixture.url, [SamplesModule]).compile(), await testModules(url.href, [SamplesModule], { logger: log.logger }).compile()];
});

beforeEach(async () => {
  await fixture.pool.query('truncate samples, sample_flushes');
});

afterAll(async () => {
  network.restore();
  await Promise.all(processes.map((process) => process.close()));
  await network.stop();
  await fixture.close();
});

const sample = (changes: Partial<Sample> = {}): Sample => ({ subject: 'endpoint/1', measure: 'deliveries.delivered', minuteMs: NOON, count: 1, sum: 0, buckets: [], ...changes });
const add = (samples: readonly Sample[], number = 1, process: string = randomUUID()): Promise<void> => processes[0].get(SamplesRepository).add({ process, number, samples });

async function stored(): Promise<unknown[]> {
  const { rows } = await fixture.pool.query<Record<string, unknown>>('select subject, step, at, measure, count::integer, sum, buckets::integer[] from samples order by subject, step, at, measure');
  return rows;
}

describe('numbers over time', () => {
  it('are added to their minute and their hour, those of several processes together', async () => {
    await add([sample(), sample({ minuteMs: NOON + 59 * MINUTE_MS, count: 2 }), sample({ minuteMs: NOON + 60 * MINUTE_MS, count: 4 }), sample({ subject: 'endpoint/2', count: 8 })]);
    await add([sample({ count: 16 })]);
    const row = { subject: 'endpoint/1', measure: 'deliveries.delivered', sum: 0, buckets: [] };
    const at = (minutes: number): Date => new Date(NOON + minutes * MINUTE_MS);
    expect(await stored()).toEqual([
      { ...row, step: 60, at: at(0), count: 17 }, { ...row, step: 60, at: at(59), count: 2 }, { ...row, step: 60, at: at(60), count: 4 },
      { ...row, step: 3_600, at: at(0), count: 19 }, { ...row, step: 3_600, at: at(60), count: 4 },
      { ...row, subject: 'endpoint/2', step: 60, at: at(0), count: 8 }, { ...row, subject: 'endpoint/2', step: 3_600, at: at(0), count: 8 },
    ]);
  });

  it('have histograms that are merged, whatever their lengths', async () => {
    const latency = { measure: 'latency', count: 3, sum: 5 };
    await add([sample({ ...latency, buckets: [1, 0, 2] }), sample({ ...latency, minuteMs: NOON + MINUTE_MS, buckets: [0, 3] }), sample()]);
    await add([sample({ ...latency, buckets: [0, 0, 0, 0, 3] })]);
    const row = { subject: 'endpoint/1', measure: 'latency' };
    expect((await stored()).filter((each) => (each as { measure: string }).measure === 'latency')).toEqual([
      { ...row, step: 60, at: new Date(NOON), count: 6, sum: 10, buckets: [1, 0, 2, 0, 3] }, { ...row, step: 60, at: new Date(NOON + MINUTE_MS), count: 3, sum: 5, buckets: [0, 3] },
      { ...row, step: 3_600, at: new Date(NOON), count: 9, sum: 15, buckets: [1, 3, 2, 0, 3] },
    ]);
  });

  it('are added once by a flush that comes again, also while the first one is under way', async () => {
    const process = randomUUID();
    await Promise.all([add([sample()], 1, process), add([sample()], 1, process)]);
    await add([sample()], 1, process);
    await add([sample({ count: 2 })], 2, process);
    expect(await stored()).toMatchObject([{ step: 60, count: 3 }, { step: 3_600, count: 3 }]);
  });

  it('of two processes at the same time do not deadlock', async () => {
    const samples = Array.from({ length: 300 }, (_, i) => sample({ subject: `endpoint/${i}` }));
    await Promise.all(Array.from({ length: 8 }, (_, i) => add(i % 2 === 0 ? samples : samples.toReversed())));
    expect((await stored()).filter((row) => (row as { count: number }).count === 8)).toHaveLength(600);
  });

  it('stay in memory while Postgres does not answer, and are then stored once', async () => {
    const [samples, writer] = [processes[1].get(Samples), processes[1].get(SamplesWriter)];
    samples.count('endpoint/3', 'deliveries.dead', 3);
    await writer.flush();
    network.cut();
    samples.count('endpoint/3', 'deliveries.dead', 4);
    await expect(writer.flush()).rejects.toThrow();
    samples.count('endpoint/3', 'deliveries.dead', 5);
    await expect(writer.flush()).rejects.toThrow();
    network.restore();
    await writer.flush();
    await writer.flush();
    const { rows } = await fixture.pool.query<{ count: number }>("select sum(count)::integer as count from samples where step = 3600 and subject = 'endpoint/3'");
    expect(rows).toEqual([{ count: 12 }]);
  });

  it('are stored in statements of a bounded size, and at the end', async () => {
    const [samples, writer] = [processes[0].get(Samples), processes[0].get(SamplesWriter)];
    for (let i = 0; i < 4_001; i++) samples.count(`endpoint/${i}`, 'deliveries.delivered');
    await writer.stop();
    expect((await fixture.pool.query('select from samples where step = 60')).rowCount).toBe(4_001);
    expect((await fixture.pool.query<{ number: number }>('select number from sample_flushes')).rows).toEqual([{ number: 3 }]);
  });
});
