import { describe, expect, it } from '@jest/globals';
import { captureLog } from '#dev/testing/log-capture';
import { now } from '#domain/clock';
import type { AttemptResult } from '#domain/disposition';
import { mintId, toPublicId } from '#domain/ids';
import { WindowBudget } from '#domain/lane';
import type { EndpointTarget } from '#flow/delivery/endpoint-directory';
import { SigningKeys } from '#flow/delivery/signing-keys';
import { testLease } from '#flow/leases/fixtures/test-lease';
import type { EndedSpan } from '#ground/tracing/span';
import { SpanQueue } from '#ground/tracing/span-queue';
import { NO_TRACING, Tracing } from '#ground/tracing/tracing';
import { beginReport } from './attempt-report.js';
import { deliveryItem, type DeliveryItem } from './delivery-item.js';
import { LaneBudget } from './lane-budget.js';
import { type LaneRecord, ShardLanes } from './shard-lanes.js';

const EVENT = mintId();
const target: EndpointTarget = {
  id: 1, version: 1, isStale: false, publicId: 'ep_1', tenant: 'default', url: new URL('https://receiver.example/path-secret?query=secret'), headers: { 'x-key': 'header-secret' }, oauth2: undefined,
  signingKeys: new SigningKeys([], now()), timeoutMs: 1_000, maxConcurrency: 5, rateLimit: undefined, retryScheduleMs: undefined, maxRetryAfterMs: 1, haltsAtDeadLetter: false, status: 'active', deleted: false,
};
const result: AttemptResult = { startedAtMs: 0, durationMs: 17, statusCode: 503, error: undefined, responseBody: Buffer.from('response-secret'), retryAfterMs: undefined };

function record(): LaneRecord {
  const shard = new ShardLanes(testLease(3, 1), new LaneBudget(10), new WindowBudget(1_000));
  const added = shard.add({ kind: 'lane', lane: 7 }, 1, { headSequence: 4, tailSequence: 4, deliveredSequence: 3, attempts: 1 });
  if (added === undefined) throw new Error('The lane was not added');
  return added;
}

const item = (traceparent: string | null = null): DeliveryItem => deliveryItem({
  sequence: 4, key: { eventId: EVENT, endpoint: 1, replay: 0 }, tenant: 'acme', entity: 'order-17', type: 'order.paid', source: null, contentType: 'application/json', traceparent,
  attributes: { secret: 'attribute-secret' }, payload: Buffer.from('payload-secret'), attempts: 1, replayedAttempts: 0, dueAtMs: -Infinity,
});

function traced(): { readonly tracing: Tracing; readonly spans: () => Promise<readonly EndedSpan[]> } {
  const spans: EndedSpan[] = [];
  const queue = new SpanQueue({
    export: (ended) => {
      spans.push(...ended);
      return Promise.resolve();
    },
  }, captureLog().logger);
  return {
    tracing: new Tracing(queue, 1),
    spans: async () => {
      await queue.close();
      return spans;
    },
  };
}

describe('the report of an attempt', () => {
  it('is not begun if nothing wants one', () => {
    const { logger } = captureLog();
    expect(beginReport({ tracing: NO_TRACING, logger, logsAll: false }, record(), item(), target)).toBeUndefined();
    const notSampled = item('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00');
    expect(beginReport({ tracing: traced().tracing, logger, logsAll: false }, record(), notSampled, target)).toBeUndefined();
  });

  it('is one line, with all that is known and nothing secret', () => {
    const { logger, lines } = captureLog();
    const report = beginReport({ tracing: NO_TRACING, logger, logsAll: true }, record(), item(), target);
    report?.concluded(result, { kind: 'retry', delayMs: 250 }, 'applied');
    expect(lines).toMatchObject([{
      level: 20, msg: 'Attempt', trace_id: EVENT.replaceAll('-', ''), event: toPublicId('evt', EVENT), tenant: 'acme', type: 'order.paid', entity: 'order-17', endpoint: 'ep_1',
      host: 'receiver.example', shard: 3, sequence: 4, attempt: 2, redelivered: false, replayed: false, status: 503, outcome: 'retry', retryInMs: 250, durationMs: 17, responseBytes: 15,
    }]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('is a span of the event\'s trace, with nothing secret', async () => {
    const [{ tracing, spans }, { logger, lines }] = [traced(), captureLog()];
    const report = beginReport({ tracing, logger, logsAll: false }, record(), item(), target);
    report?.concluded(result, { kind: 'dead', reason: 'attempts_exhausted' }, 'applied');
    const [span] = await spans();
    expect(span).toMatchObject({
      ids: { traceId: EVENT.replaceAll('-', '') }, name: 'POST', kind: 'client', error: 'HTTP 503',
      attributes: { 'server.address': 'receiver.example', 'server.port': 443, 'http.response.status_code': 503, 'lockstep.attempt': 2, 'lockstep.outcome': 'dead', 'lockstep.dead_reason': 'attempts_exhausted' },
    });
    expect(report?.traceparent).toBe(`00-${span?.ids.traceId}-${span?.ids.spanId}-01`);
    expect([JSON.stringify(span), lines]).toEqual([expect.not.stringContaining('secret'), []]);
  });

  it('says that an attempt was aborted, and that its outcome was not applied', async () => {
    const { tracing, spans } = traced();
    const reporting = { tracing, logger: captureLog().logger, logsAll: false };
    beginReport(reporting, record(), item(), target)?.aborted();
    beginReport(reporting, record(), item(), target)?.concluded({ ...result, statusCode: 200 }, { kind: 'delivered' }, 'fenced');
    expect(await spans()).toMatchObject([
      { error: 'aborted', attributes: { 'lockstep.outcome': 'aborted' } },
      { error: undefined, attributes: { 'lockstep.outcome': 'delivered', 'lockstep.verdict': 'fenced' } },
    ]);
  });
});
