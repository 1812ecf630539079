import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { captureLog } from '#dev/testing/log-capture';
import type { EndedSpan } from './span.js';
import { type SpanExporter, SpanQueue } from './span-queue.js';
import { spansExported, spansLost } from './tracing.metrics.js';

const SPAN: EndedSpan = {
  name: 'a', kind: 'internal', attributes: {}, ids: { traceId: '1'.repeat(32), spanId: '2'.repeat(16) }, parentId: undefined, startMs: 0, endMs: 1, moments: [], links: [], error: undefined,
};

/** Exports that the test ends. */
class Collector implements SpanExporter {
  readonly open: { readonly spans: number; readonly end: (error?: Error) => void }[] = [];

  export(spans: readonly EndedSpan[]): Promise<void> {
    return new Promise((resolve, reject) => this.open.push({ spans: spans.length, end: (error) => (error === undefined ? resolve() : reject(error)) }));
  }

  async end(error?: Error): Promise<void> {
    this.open.shift()?.end(error);
    await settled();
  }
}

/** Promises only: timers are the test's. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

async function lostFor(reason: string): Promise<number> {
  return (await spansLost.get()).values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
}

const add = (queue: SpanQueue, count: number): void => {
  for (let i = 0; i < count; i++) queue.add(SPAN);
};

beforeEach(() => {
  jest.useFakeTimers();
  spansLost.reset();
  spansExported.reset();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('SpanQueue', () => {
  it('sends a full export at once, and the rest after two seconds', async () => {
    const collector = new Collector();
    add(new SpanQueue(collector, captureLog().logger), 700);
    expect(collector.open.map(({ spans }) => spans)).toEqual([512]);
    jest.advanceTimersByTime(2_000);
    expect(collector.open.map(({ spans }) => spans)).toEqual([512, 188]);
    await collector.end();
    await collector.end();
    expect((await spansExported.get()).values[0]?.value).toBe(700);
  });

  it('has at most four exports under way, and sends what waited when one ends', async () => {
    const collector = new Collector();
    add(new SpanQueue(collector, captureLog().logger), 2_100);
    expect(collector.open).toHaveLength(4);
    jest.advanceTimersByTime(2_000);
    expect(collector.open).toHaveLength(4);
    await collector.end();
    expect(collector.open.at(-1)?.spans).toBe(52);
  });

  it('counts what a slow collector makes it lose, and says so once a minute', async () => {
    const [collector, { logger, lines }] = [new Collector(), captureLog()];
    const queue = new SpanQueue(collector, logger, { maxWaiting: 1_000 });
    add(queue, 2_048 + 1_000 + 30);
    expect(await lostFor('queue_full')).toBe(30);
    expect(lines).toMatchObject([{ level: 40, reason: 'queue_full', spans: 1 }]);
    jest.advanceTimersByTime(60_000);
    add(queue, 1);
    expect(lines).toMatchObject([{ spans: 1 }, { spans: 30 }]);
  });

  it('counts what a collector refuses', async () => {
    const [collector, { logger, lines }] = [new Collector(), captureLog()];
    add(new SpanQueue(collector, logger), 512);
    await collector.end(new Error('refused'));
    expect(await lostFor('export_failed')).toBe(512);
    expect(lines).toMatchObject([{ reason: 'export_failed', spans: 512, err: { message: 'refused' } }]);
  });

  it('sends what waits before it closes', async () => {
    const collector = new Collector();
    const queue = new SpanQueue(collector, captureLog().logger);
    add(queue, 4 * 512 + 10);
    const closed = queue.close();
    for (let i = 0; i < 5; i++) await collector.end();
    await closed;
    expect((await spansExported.get()).values[0]?.value).toBe(2_058);
    add(queue, 1);
    expect(await lostFor('stopped')).toBe(1);
  });

  it('closes after half a second if the collector does not answer, and counts each span once', async () => {
    const collector = new Collector();
    const queue = new SpanQueue(collector, captureLog().logger);
    add(queue, 4 * 512 + 10);
    let isClosed = false;
    const closed = queue.close().then(() => (isClosed = true));
    jest.advanceTimersByTime(499);
    await settled();
    expect(isClosed).toBe(false);
    jest.advanceTimersByTime(1);
    await closed;
    expect(await lostFor('stopped')).toBe(2_058);
    await collector.end(new Error('too late'));
    expect([await lostFor('stopped'), await lostFor('export_failed')]).toEqual([2_058, 0]);
  });

  it('closes at once if the collector did not take what was sent last', async () => {
    const collector = new Collector();
    const queue = new SpanQueue(collector, captureLog().logger);
    add(queue, 512);
    await collector.end(new Error('refused'));
    add(queue, 5);
    await queue.close();
    expect([collector.open.length, await lostFor('stopped')]).toEqual([0, 5]);
  });
});
