import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OtlpReceiver, type ReceivedSpan } from '#dev/testing/otlp-receiver';
import { sharedServers } from '#dev/testing/shared-servers';
import { ADMIN_KEY, SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { mintId } from '#domain/ids';

const [SERVER, CLIENT, PRODUCER, CONSUMER] = [2, 3, 4, 5];

let collector: OtlpReceiver;
let system: SystemUnderTest;
let server: Server;
let deliveries: IncomingHttpHeaders[] = [];
let statuses: number[] = [];

beforeAll(async () => {
  collector = await OtlpReceiver.start();
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      deliveries.push(request.headers);
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  system = await SystemUnderTest.start(sharedServers(), { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOCKSTEP_TRACE_RATIO: '1', LOCKSTEP_RETRY_SCHEDULE: '50ms,50ms' } });
  await system.createEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=secret-of-the-url`);
});

beforeEach(() => {
  [deliveries, statuses] = [[], []];
});

afterAll(async () => {
  await system.stop();
  await collector.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function post(headers: Record<string, string> = {}, entity = mintId()): Promise<string> {
  const response = await fetch(`${system.gateways[0]?.url ?? ''}/v1/events`, {
    method: 'POST', headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', ...headers }, body: JSON.stringify({ type: 'order.paid', entity, data: {} }),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: string }).id;
}

const spansOf = (eventId: string): ReceivedSpan[] => collector.spans.filter(({ attributes }) => attributes['lockstep.event.id'] === eventId);
const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan[] => spans.filter((span) => span.name.startsWith(name));

/** Its spans, once there are as many. */
async function whenTraced(eventId: string, count: number): Promise<ReceivedSpan[]> {
  await waitUntil(() => `${count} spans of ${eventId}; there are ${spansOf(eventId).map(({ name }) => name).join(', ')}`, () => spansOf(eventId).length >= count);
  return spansOf(eventId);
}

/** The span of a batch that has links to this one. */
function batchOf({ traceId, spanId }: ReceivedSpan): ReceivedSpan | undefined {
  return collector.spans.find(({ links, attributes }) => attributes['lockstep.event.id'] === undefined && links.some((link) => link.traceId === traceId && link.spanId === spanId));
}

async function batchNames(spans: readonly ReceivedSpan[]): Promise<string[]> {
  await waitUntil('the spans of all batches', () => spans.every((span) => batchOf(span) !== undefined));
  return spans.map((span) => {
    const batch = batchOf(span);
    // The other way round too.
    expect(span.links).toEqual([{ traceId: batch?.traceId, spanId: batch?.spanId }]);
    expect([batch?.parentId, batch?.traceId === span.traceId]).toEqual(['', false]);
    return batch?.name ?? '';
  });
}

describe('an event', () => {
  it('is one trace, from its request through Kafka and its admission to each attempt', async () => {
    statuses = [500];
    const id = await post();
    const spans = await whenTraced(id, 5);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([id.slice(4)]));
    const [accept] = named(spans, 'accept');
    const [publish] = named(spans, 'publish');
    const [process] = named(spans, 'process');
    const attempts = named(spans, 'POST').sort((a, b) => Number(a.startNs - b.startNs));
    expect([accept?.kind, publish?.kind, process?.kind, ...attempts.map(({ kind }) => kind)]).toEqual([SERVER, PRODUCER, CONSUMER, CLIENT, CLIENT]);
    expect([accept?.service, publish?.service, process?.service, attempts[0]?.service]).toEqual(['lockstep-gateway', 'lockstep-gateway', 'lockstep-dispatcher', 'lockstep-dispatcher']);
    expect([accept?.parentId, publish?.parentId, process?.parentId, ...attempts.map(({ parentId }) => parentId)]).toEqual(['', accept?.spanId, publish?.spanId, process?.spanId, process?.spanId]);
    expect(await batchNames(spans.filter((span) => span.name !== 'POST'))).toEqual(expect.arrayContaining(['commit events', 'send records', 'admit events']));
    expect(await batchNames(attempts)).toEqual(['commit outcomes', 'commit outcomes']);
    expect(attempts).toMatchObject([
      { status: { code: 2 }, attributes: { 'http.response.status_code': 500, 'lockstep.attempt': 1, 'lockstep.outcome': 'retry' } },
      { status: { code: 0 }, attributes: { 'http.response.status_code': 200, 'lockstep.attempt': 2, 'lockstep.outcome': 'delivered' } },
    ]);
    for (const { startNs, endNs, moments } of attempts) {
      expect(moments.map(({ name }) => name)).toEqual(['connection assigned', 'request sent', 'response started']);
      expect(moments.every(({ atNs }) => atNs >= startNs && atNs <= endNs)).toBe(true);
    }
    expect(spans.every(({ startNs, endNs }) => endNs >= startNs)).toBe(true);
  });

  it('goes on in the receiver: an attempt is the parent of what that does', async () => {
    statuses = [500];
    const id = await post();
    const attempts = named(await whenTraced(id, 5), 'POST').sort((a, b) => Number(a.startNs - b.startNs));
    expect(deliveries.map(({ traceparent }) => traceparent)).toEqual(attempts.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
  });

  it('belongs to its client\'s trace, whose tracestate is delivered as it came', async () => {
    const [traceId, tracestate] = [mintId().replaceAll('-', ''), 'vendor=opaque-1,other@system=2'];
    const id = await post({ traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate });
    const spans = await whenTraced(id, 4);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(named(spans, 'accept')).toMatchObject([{ parentId: 'b7ad6b7169203331' }]);
    expect(deliveries).toMatchObject([{ tracestate, traceparent: `00-${traceId}-${named(spans, 'POST')[0]?.spanId}-01` }]);
  });

  it('has no span if its client says that it is not sampled, whose trace context is delivered as it came', async () => {
    const traceparent = `00-${mintId().replaceAll('-', '')}-b7ad6b7169203331-00`;
    const id = await post({ traceparent });
    const later = await post();
    await whenTraced(later, 4);
    await waitUntil('both deliveries', () => deliveries.length === 2);
    expect([spansOf(id), deliveries.find((headers) => headers['webhook-id'] === id)?.['traceparent']]).toEqual([[], traceparent]);
  });

  it('shows nothing of its body, nor of the path and query of the endpoint', () => {
    expect(collector.spans.length).toBeGreaterThan(20);
    expect(JSON.stringify(collector.spans, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toMatch(/secret-of-the-url|\/hook/);
  });

  it('of a batch has a trace of its own, and the items of one request share the client\'s', async () => {
    const response = await fetch(`${system.gateways[0]?.url ?? ''}/v1/events/batch`, {
      method: 'POST', headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(Array.from({ length: 3 }, () => ({ type: 'order.paid', entity: mintId(), data: {} }))),
    });
    const { results } = (await response.json()) as { results: { id: string }[] };
    const traces = await Promise.all(results.map(async ({ id }) => (await whenTraced(id, 4)).map(({ traceId }) => traceId)));
    expect(traces.map((ids) => new Set(ids))).toEqual(results.map(({ id }) => new Set([id.slice(4)])));
    const commits = new Set(results.map(({ id }) => named(spansOf(id), 'accept')[0]?.links[0]?.spanId));
    expect(commits.size).toBe(1);
  });
});

it('a duplicate is in no trace, and the statement that found it has no link to it', async () => {
  const key = { 'idempotency-key': mintId() };
  const entity = mintId();
  const [id] = [await post(key, entity), await post(key, entity)];
  await whenTraced(id, 4);
  await whenTraced(await post(), 4);
  expect(named(spansOf(id), 'accept')).toHaveLength(1);
  const ended = new Set(collector.spans.map(({ spanId }) => spanId));
  const links = collector.spans.filter(({ name }) => name === 'commit events').flatMap((batch) => batch.links);
  expect(links.filter(({ spanId }) => !ended.has(spanId))).toEqual([]);
});

it('a process that stops sends its last spans', async () => {
  const id = await post();
  await waitUntil('the delivery', () => deliveries.length === 1);
  expect(await system.gateways[0]?.signal('SIGTERM')).toBe(0);
  expect(named(spansOf(id), 'accept')).toHaveLength(1);
});
