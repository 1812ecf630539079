import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { captureLog } from '#dev/testing/log-capture';
import { OtlpReceiver, type ReceivedSpan } from '#dev/testing/otlp-receiver';
import { testProcess } from '#dev/testing/test-process';
import { mintId } from '#domain/ids';
import { spanIdOf } from '#domain/trace-context';
import { ProcessModule } from '#ground/process/process.module';
import { type BatchFacts, Tracing } from './tracing.js';
import { TracingModule } from './tracing.module.js';

const FACTS = { name: 'a', kind: 'server', attributes: { text: 'b', number: 17, share: 0.5, yes: true } } as const;
const BATCH: BatchFacts = { name: 'batch', kind: 'client', attributes: { of: 'test' }, sizeAttribute: 'size' };
const CLIENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let collector: OtlpReceiver;
const processes: TestingModule[] = [];

beforeEach(async () => {
  collector = await OtlpReceiver.start();
});

afterEach(async () => {
  await Promise.all(processes.splice(0).map((process) => process.close()));
  await collector.stop();
});

async function start(env: Record<string, string> = {}): Promise<{ tracing: Tracing; end: () => Promise<ReceivedSpan[]>; lines: ReturnType<typeof captureLog>['lines'] }> {
  const { logger, lines } = captureLog();
  const context = testProcess('postgresql://nobody@127.0.0.1:1/none', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOCKSTEP_TRACE_RATIO: '1', ...env });
  const process = await Test.createTestingModule({ imports: [ProcessModule.of({ ...context, logger }), TracingModule.forRoot({ app: 'test' })] }).compile();
  processes.push(process);
  const tracing = process.get(Tracing);
  return {
    tracing, lines,
    end: async () => {
      await tracing.onApplicationShutdown();
      return collector.spans;
    },
  };
}

describe('tracing', () => {
  it('exports a span with its parent, times, attributes and moments', async () => {
    const { tracing, end } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` });
    const id = mintId();
    const begunMs = Date.now();
    const span = tracing.begin(id, CLIENT, 'accept', performance.now() - 100);
    if (span === undefined) throw new Error('The trace is not recorded');
    tracing.end(span, { ...FACTS, moments: [{ name: 'half', atMs: performance.now() - 50 }], error: 'E' });
    const [received] = await end();
    expect(received).toMatchObject({
      service: 'lockstep-test', traceId: '0af7651916cd43dd8448eb211c80319c', parentId: 'b7ad6b7169203331', spanId: spanIdOf(id, 'accept'), name: 'a', kind: 2,
      attributes: FACTS.attributes, links: [], status: { code: 2, message: 'E' },
    });
    const msOf = (ns = 0n): number => Number(ns / 1_000n) / 1_000;
    expect(Math.abs(msOf(received?.startNs) - (begunMs - 100))).toBeLessThan(20);
    expect(received?.moments).toMatchObject([{ name: 'half' }]);
    expect([received?.startNs, received?.moments[0]?.atNs, received?.endNs].every((ns, i, all) => i === 0 || (ns ?? 0n) > (all[i - 1] ?? 0n))).toBe(true);
  });

  it('gives a batch a trace of its own with links to the recorded items, and them a link to it', async () => {
    const { tracing, end } = await start();
    const spans = [mintId(), mintId()].map((id) => tracing.begin(id, null, 'accept'));
    expect(await tracing.batch(BATCH, [{ span: spans[0] }, {}, { span: spans[1] }], () => Promise.resolve('done'))).toBe('done');
    for (const span of spans) if (span !== undefined) tracing.end(span, FACTS);
    const received = await end();
    const [batch, ...members] = received;
    expect(batch).toMatchObject({ name: 'batch', kind: 3, parentId: '', attributes: { of: 'test', size: 3 }, status: { code: 0 } });
    expect(batch?.links).toEqual(members.map(({ traceId, spanId }) => ({ traceId, spanId })));
    for (const { links, traceId } of members) expect([links, traceId === batch?.traceId]).toEqual([[{ traceId: batch?.traceId, spanId: batch?.spanId }], false]);
  });

  it('links a batch to none of the items whose span never ends', async () => {
    const { tracing, end } = await start();
    const [kept, dropped] = [mintId(), mintId()].map((id) => ({ span: tracing.begin(id, null, 'accept') }));
    const work = (): Promise<readonly boolean[]> => Promise.resolve([true, false]);
    await tracing.batch(BATCH, [kept ?? {}, dropped ?? {}], work, (results, i) => results[i] === true);
    await tracing.batch(BATCH, [dropped ?? {}], () => Promise.resolve([false]), (results, i) => results[i] === true);
    expect(await end()).toMatchObject([{ name: 'batch', attributes: { size: 2 }, links: [kept?.span?.ids] }]);
  });

  it('records the failure of a batch, without its text', async () => {
    const { tracing, end } = await start();
    const span = tracing.begin(mintId(), null, 'accept');
    const failure = Object.assign(new Error('invalid text "secret"'), { code: '22P02' });
    await expect(tracing.batch(BATCH, [{ span }], () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await end()).toMatchObject([{ name: 'batch', status: { code: 2, message: '22P02' } }]);
  });

  it('records no batch without recorded items', async () => {
    const { tracing, end } = await start({ LOCKSTEP_TRACE_RATIO: '0' });
    expect(tracing.begin(mintId(), CLIENT, 'accept')).toBeUndefined();
    expect(await tracing.batch(BATCH, [{}, {}], () => Promise.resolve(1))).toBe(1);
    expect(await end()).toEqual([]);
  });

  it('is off, and loads nothing, without a collector', async () => {
    const { tracing, end } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    expect([tracing.isOn, tracing.begin(mintId(), CLIENT, 'accept'), tracing.beginAttempt(mintId(), CLIENT)]).toEqual([false, undefined, undefined]);
    expect(await end()).toEqual([]);
  });

  it('tells about spans that a collector refuses', async () => {
    collector.respond = () => 400;
    const { tracing, end, lines } = await start();
    const span = tracing.begin(mintId(), null, 'accept');
    if (span !== undefined) tracing.end(span, FACTS);
    expect(await end()).toEqual([]);
    expect(lines.filter(({ msg }) => msg.startsWith('Spans of traces were lost'))).toMatchObject([{ level: 40, reason: 'export_failed', spans: 1 }]);
  });
});
