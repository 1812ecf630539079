import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findingsIn } from '#dev/testing/arrivals';
import { fuzz } from '#dev/testing/fuzz';
import { jsonText } from '#dev/testing/hostile-input';
import { faultOf, finalAnswerIn, openSocket, type RawAnswer, readToEnd, requestBytes, sendRaw } from '#dev/testing/raw-http';
import { Receiver } from '#dev/testing/receiver';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { ADMIN_KEY, SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const LARGEST_BODY_BYTES = 262_144;

let servers: SharedServers;
let receiver: Receiver;
let system: SystemUnderTest;
let url: string;

beforeAll(async () => {
  servers = sharedServers();
  receiver = await Receiver.start();
  system = await SystemUnderTest.start(servers);
  url = system.gateways[0]?.url ?? '';
  await system.createEndpoint(receiver.url);
});

afterAll(async () => {
  await system.stop();
  await receiver.stop();
});

type Headers = readonly (readonly [string, string])[];

const usual = (length: number): Headers => [['host', 'a'], ['authorization', `Bearer ${ADMIN_KEY}`], ['content-type', 'application/json'], ['content-length', String(length)], ['connection', 'close']];

async function post(body: string | Uint8Array, extra: Headers = [], path = '/v1/events'): Promise<RawAnswer | undefined> {
  const bytes = Buffer.from(body);
  const answer = await sendRaw(url, requestBytes('POST', path, [...usual(bytes.length), ...extra], bytes));
  expect(faultOf(answer, 'POST')).toBeUndefined();
  return answer;
}

const codeOf = (answer: RawAnswer | undefined): unknown => (JSON.parse(answer?.body.toString() ?? '{}') as { code?: unknown }).code;
const refused = async (answer: Promise<RawAnswer | undefined>): Promise<[number | undefined, unknown]> => [(await answer)?.status, codeOf(await answer)];
const event = (data: string, entity = 'order-1'): string => `{"type":"order.created","entity":"${entity}","data":${data}}`;
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** The bytes that were delivered of each event that was posted, in the order of the posts. */
async function deliveredOf(bodies: readonly string[]): Promise<(string | undefined)[]> {
  const ids: string[] = [];
  for (const body of bodies) {
    const answer = await post(body);
    expect(answer?.status).toBe(202);
    ids.push((JSON.parse(answer?.body.toString() ?? '') as { id: string }).id);
  }
  await waitUntil(() => `${ids.length} deliveries`, () => ids.every((id) => receiver.delivered.has(id)));
  return ids.map((id) => receiver.arrivals.find(({ eventId }) => eventId === id)?.body);
}

describe('a client that is slow', () => {
  it('is cut off if its headers do not arrive, and delays no other client', async () => {
    const beginnings = ['', 'POST /', 'POST /v1/events HTTP/1.1\r\nhost: a\r\nx: '];
    const slow = Array.from({ length: 150 }, async (_, i) => {
      const socket = await openSocket(url);
      socket.write(beginnings[i % 3] ?? '');
      // A byte now and then, as a slow loris sends them: the time is that of all headers together.
      const timer = setInterval(() => socket.writable && socket.write(i % 3 === 0 ? '' : 'y'), 500);
      return readToEnd(socket).finally(() => clearInterval(timer));
    });
    await deliveredOf([event('1', 'not-held-up')]);
    const answers = (await Promise.all(slow)).map(finalAnswerIn);
    expect(new Set(answers.map((answer) => `${answer?.status} ${String(codeOf(answer))}`))).toEqual(new Set(['408 request_timeout']));
    expect(answers.map((answer) => faultOf(answer, 'POST')).filter((fault) => fault !== undefined)).toEqual([]);
  });
});

describe('what is too large', () => {
  it('gets 431 for headers, one long or many', async () => {
    const long = requestBytes('POST', '/v1/events', [...usual(2), ['x', 'y'.repeat(20_000)]], Buffer.from('{}'));
    const many = requestBytes('POST', '/v1/events', [...usual(2), ...Array.from({ length: 3_000 }, (_, i): [string, string] => [`x${i}`, 'y'])], Buffer.from('{}'));
    const target = requestBytes('GET', `/${'a'.repeat(20_000)}`, usual(0));
    for (const bytes of [long, many, target]) expect(await refused(sendRaw(url, bytes))).toEqual([431, 'headers_too_large']);
  });

  it('gets 413 for a body over the limit, announced or not, and takes one that just fits', async () => {
    const fits = event(`"${'x'.repeat(LARGEST_BODY_BYTES - event('""').length)}"`);
    expect((await post(fits))?.status).toBe(202);
    expect(await refused(post(`${fits} `))).toEqual([413, 'payload_too_large']);
    const chunked = requestBytes('POST', '/v1/events', [...usual(0).filter(([name]) => name !== 'content-length'), ['transfer-encoding', 'chunked']]);
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    expect(await refused(sendRaw(url, Buffer.concat([chunked, ...Array.from({ length: 5 }, () => chunk), Buffer.from('0\r\n\r\n')])))).toEqual([413, 'payload_too_large']);
  });
});

describe('what is odd', () => {
  it.each<[string, Uint8Array | string]>([
    ['broken UTF-8', Buffer.from([...Buffer.from(event('"')), 0xff, ...Buffer.from('"}')])],
    ['an overlong encoding', Buffer.from([...Buffer.from('{"type":"a","entity":"b","data":"'), 0xc0, 0xaf, 0x22, 0x7d])],
    ['a raw NUL byte', event('"a\0b"')],
    ['a NUL in the entity', event('1', 'a\\u0000b')],
    ['half a surrogate pair in the entity', event('1', '\\ud800')],
    ['members only in the prototype', '{"__proto__":{"type":"a","entity":"b","data":1}}'],
    ['a body cut short', event('1').slice(0, -1)],
  ])('is refused as invalid: %s', async (_name, body) => {
    expect(await refused(post(body))).toEqual([400, 'invalid_request']);
  });

  it('is refused in an endpoint\'s settings too: 10,000-deep JSON, NUL, what would reach a prototype', async () => {
    const settings = (members: string): Promise<RawAnswer | undefined> => post(`{"url":"http://127.0.0.1:9/",${members}}`, [], '/v1/endpoints');
    for (const members of [`"metadata":{"a":${nested(10_000)}}`, `"metadata":${nested(10_000)}`, '"description":"a\\u0000b"', '"metadata":{"a":"\\u0000"}', '"timeoutMs":9007199254740993', '"colour":"red"']) {
      expect([members.slice(0, 30), ...(await refused(settings(members)))]).toEqual([members.slice(0, 30), 400, 'invalid_request']);
    }
    // Nest leaves such names out before the settings are checked.
    await settings('"constructor":{},"__proto__":{},"headers":{"__proto__":{"a":"b"}},"metadata":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}},"eventTypes":["never"]');
    const { text } = await fetch(`${url}/v1/endpoints`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } }).then(async (answer) => ({ text: await answer.text() }));
    expect((JSON.parse(text) as { data: object[] }).data.some((endpoint) => 'polluted' in endpoint)).toBe(false);
  });

  it('is refused in the headers: two idempotency keys, two API keys, two lengths, no host, both framings', async () => {
    expect(await refused(post(event('1'), [['idempotency-key', 'a'], ['Idempotency-Key', 'b']]))).toEqual([400, 'invalid_idempotency_key']);
    expect(await refused(post(event('1'), [['authorization', 'Bearer wrong']]))).toEqual([401, 'unauthenticated']);
    expect(await refused(post(event('1'), [['content-length', '3']]))).toEqual([400, 'invalid_request']);
    expect(await refused(post(event('1'), [['transfer-encoding', 'chunked']]))).toEqual([400, 'invalid_request']);
    expect(await refused(sendRaw(url, requestBytes('GET', '/v1/events', usual(0).slice(1))))).toEqual([400, 'invalid_request']);
    expect(await refused(sendRaw(url, requestBytes('CONNECT', 'a:1', usual(0))))).toEqual([405, 'method_not_allowed']);
  });

  it('is taken where it does no harm: content types given twice count once, the first', async () => {
    expect((await post(event('1'), [['content-type', 'text/plain'], ['expect', 'the impossible'], ['upgrade', 'h2c']]))?.status).toBe(202);
  });
});

describe('what is accepted', () => {
  it('is delivered byte for byte: numbers beyond 2^53, 10,000-deep JSON, repeated and dangerous names', async () => {
    const bodies = [
      event('[12345678901234567890,1e400,-0,1.0,0.1e+1]'), event(nested(10_000)), event('{"a":1,"a":2,"__proto__":{"x":1},"constructor":null}'), event('"\\u0000\\ud800\\/\\u00e9é\u2028"'),
      ` \r\n\t${event(' 1 ')} \n`, event('1').replace('{', '{"type":"first","__proto__":null,'),
    ];
    expect(await deliveredOf(bodies)).toEqual(bodies);
  });

  it('is delivered byte for byte, with any JSON', async () => {
    const bodies = fc.array(jsonText.map((data) => event(data, 'any-json')), { minLength: 1, maxLength: 10 });
    await fuzz(bodies, async (posted) => {
      expect(await deliveredOf(posted)).toEqual(posted);
    }, { mostRuns: 40, searchMs: 10_000 });
    expect(findingsIn(receiver.arrivals)).toEqual([]);
  });
});
