import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ResponseParser } from './response-parser.js';

interface Reading {
  readonly state: string;
  readonly status: number | undefined;
  readonly fields: unknown;
  readonly body: string;
  readonly problem: string;
  readonly isStrict: boolean;
  /** Of a complete response. What follows another one is never read. */
  readonly bytesRead: number | undefined;
}

/** Reads the parts one after the other; `ends`: the connection ends behind them. */
function read(parts: readonly Buffer[], { method = 'POST', ends = false, limit = 1_048_576 }: { method?: string; ends?: boolean; limit?: number } = {}): Reading {
  const body: Buffer[] = [];
  const heads: number[] = [];
  const parser = new ResponseParser(
    { onHead: ({ statusCode }) => heads.push(statusCode), onData: (data) => body.push(Buffer.from(data)) },
    { maxHeadBytes: limit, maxBodyBytes: limit },
  );
  parser.begin(method);
  let bytesRead = 0;
  for (const part of parts) {
    const taken = parser.read(part);
    bytesRead += taken;
    if (taken < part.length) break;
  }
  if (ends) parser.end();
  expect(heads.length).toBeLessThanOrEqual(1);
  const { state, head, problem, isStrict } = parser;
  return { state, status: head?.statusCode, fields: { ...head?.fields() }, body: Buffer.concat(body).toString('latin1'), problem, isStrict, bytesRead: state === 'complete' ? bytesRead : undefined };
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Strictly well-formed responses. */
const STRICT: readonly (readonly [text: string, status: number, body: string, method?: string])[] = [
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 \r\ncontent-length:0\r\n\r\n', 200, ''],
  ['HTTP/1.1 204 No Content\r\n\r\n', 204, ''],
  ['HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', 204, ''],
  ['HTTP/1.1 304 Not Modified\r\n\r\n', 304, ''],
  ['HTTP/1.1 200 OK\r\n\r\n', 200, '', 'HEAD'],
  ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx', 201, 'x'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n', 200, 'abc0123456789'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n', 200, ''],
  ['HTTP/1.1 200 Tr\xe8s bien\r\nX-Latin: \xe4\xff\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n', 200, ''],
  [`HTTP/1.1 200 OK\r\nSet-Cookie: ${'x'.repeat(20_480)}\r\nContent-Length: 2\r\n\r\nok`, 200, 'ok'],
];

/** Responses that are read, after which the connection must not be used again. `$` marks the end of the connection. */
const ODD: readonly (readonly [text: string, status: number, body: string, method?: string])[] = [
  ['HTTP/1.0 200 OK\r\n\r\nto the end$', 200, 'to the end'],
  ['HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end$', 200, 'to the end'],
  ['HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1   200\tOK\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200OK\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 O\x00K\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\nContent-Length: 2\n\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\nok', 200, 'ok'],
  ['\r\n\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nX: a\r\n  b\r\n\tc\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\n folded\r\nContent-Length:\r\n 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\n: no name\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nX: a\x00b\rc\x7f\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\n\xff\x00(x)[]: a\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 02\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n\x1f\x8b\r\n0\r\n\r\n', 200, '\x1f\x8b'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked;q=1\r\n\r\n2\r\nok\r\n0\r\n\r\n', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n2\r\nok\r\n0\r\n\r\n', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: unheard-of\r\nContent-Length: 2\r\n\r\nok', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nto the end$', 200, 'to the end'],
  ['HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a="b;\\"";c\r\nok\r\n0;x\r\n\r\n', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n  2 \t\r\nok\r\n 0\r\n\r\n', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: 1\r\n\x00garbage\r\n\r\n', 200, 'ok'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n$', 200, 'ok'],
  ['HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n', 204, ''],
  ['HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', 204, ''],
  ['HTTP/1.1 205 Reset Content\r\n\r\n', 205, ''],
  ['HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n', 304, ''],
  ['HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n', 200, '', 'HEAD'],
  ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', 101, ''],
  ['HTTP/1.1 999 \r\nContent-Length: 0\r\nx\r\n\r\n', 999, ''],
  [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\nContent-Length: 2\r\n\r\nok`, 200, 'ok'],
  [`HTTP/1.1 200 OK\r\n${'Content-Length: 2\r\n'.repeat(3)}\r\nok`, 200, 'ok'],
];

/** Responses whose end can't be found, or that did not come to their end. */
const FAILED: readonly (readonly [text: string, state: string, status: number | undefined, problem: string])[] = [
  ['SSH-2.0-OpenSSH\r\n', 'unreadable', undefined, 'it begins with "SSH-2" and not with "HTTP/"'],
  ['\x15\x03\x01\x00\x02\x02', 'unreadable', undefined, 'it begins with "\\u0015\\u0003\\u0001\\u0000\\u0002" and not with "HTTP/"'],
  ['abcd\r\n', 'unreadable', undefined, 'it begins with "abcd" and not with "HTTP/"'],
  ['HTTP/1.1 OK\r\n', 'unreadable', undefined, 'its status line is "HTTP/1.1 OK"'],
  ['HTTP/1.1 2000 OK\r\n', 'unreadable', undefined, 'its status line is "HTTP/1.1 2000 OK"'],
  ['HTTP/1.1 042 OK\r\n', 'unreadable', undefined, 'its status line is "HTTP/1.1 042 OK"'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n', 'unreadable', 200, 'its Content-Length is "5, 6"'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 'unreadable', 200, 'its Content-Length is "5,6"'],
  ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'unreadable', 200, 'its Content-Length is "-1"'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n', 'unreadable', 200, 'its Content-Length is "0x5"'],
  ['HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n', 'unreadable', 200, 'its Content-Length is ""'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz', 'unreadable', 200, 'the size of a chunk is not a hexadecimal number'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n', 'unreadable', 200, 'the size of a chunk is not a hexadecimal number'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\rok', 'unreadable', 200, 'the size of a chunk is not a hexadecimal number'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n', 'unreadable', 200, 'a chunk is longer than its size'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n', 'unreadable', 200, 'the size of a chunk is too large'],
  [`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(70_000)}`, 'unreadable', 200, 'the head of a chunk is longer than 65536 bytes'],
  ['$', 'cut-off', undefined, 'it did not begin'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n$', 'cut-off', undefined, 'it ended within its head'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfour$', 'cut-off', 200, 'it ended after 4 of 5 bytes'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n$', 'cut-off', 200, 'it ended before its last chunk'],
  ['HTTP/1.1 100 Continue\r\n\r\n$', 'cut-off', undefined, 'it ended within its head'],
];

function readText(text: string, splits: readonly number[], options: Parameters<typeof read>[1] = {}): Reading {
  const ends = text.endsWith('$');
  const all = bytes(ends ? text.slice(0, -1) : text);
  return read(partsOf(all, splits), { ...options, ends });
}

function partsOf(all: Buffer, splits: readonly number[]): Buffer[] {
  const cuts = [0, ...splits.map((split) => split % (all.length + 1)).sort((a, b) => a - b), all.length];
  return cuts.slice(1).map((cut, i) => all.subarray(cuts[i], cut));
}

/** With a short name for each. */
const named = <Row extends readonly [string, ...unknown[]]>(rows: readonly Row[]): [string, ...Row][] => rows.map((row) => [JSON.stringify(row[0]).slice(0, 120), ...row]);

const each = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe('ResponseParser', () => {
  it.each(named(STRICT))('reads the well-formed %s', (_name, text, status, body, method = 'POST') => {
    expect(readText(text, [], { method })).toMatchObject({ state: 'complete', status, body, isStrict: true, bytesRead: text.length });
    expect(readText(text, each(text.length), { method })).toEqual(readText(text, [], { method }));
  });

  it.each(named(ODD))('reads the odd %s', (_name, text, status, body, method = 'POST') => {
    expect(readText(text, [], { method })).toMatchObject({ state: 'complete', status, body, problem: '' });
    expect(readText(text, each(text.length), { method })).toEqual(readText(text, [], { method }));
  });

  it.each(named(ODD.filter(([text]) => !/^HTTP\/1.0|Connection: close/.test(text))))('knows that %s is odd', (_name, text, _status, _body, method = 'POST') => {
    expect(readText(text, [], { method }).isStrict).toBe(false);
  });

  it.each(named(FAILED))('says what is wrong with %s', (_name, text, state, status, problem) => {
    expect(readText(text, [])).toMatchObject({ state, status, problem, isStrict: false });
    expect(readText(text, each(text.length))).toEqual(readText(text, []));
  });

  it('leaves the bytes behind a response', () => {
    const [response] = STRICT[0] ?? [''];
    expect(read([bytes(response + response)])).toMatchObject({ state: 'complete', bytesRead: response.length });
    expect(read([bytes('HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok')])).toMatchObject({ state: 'complete', isStrict: false, bytesRead: 46 });
  });

  it('reads no more than the limits, and a response that reaches them', () => {
    const head = 'HTTP/1.1 200 OK\r\n\r\n';
    const limit = head.length;
    const body = 'x'.repeat(limit);
    expect(read([bytes(head + body)], { limit, ends: true })).toMatchObject({ state: 'complete', body });
    expect(read([bytes(`${head}${body}x`)], { limit })).toMatchObject({ state: 'too-long', status: 200, body, problem: `its body is longer than ${limit} bytes` });
    expect(read([bytes('HTTP/1.1 200 OK\r\nx\r\n\r\n')], { limit })).toMatchObject({ state: 'too-long', status: 200, problem: `its head is longer than ${limit} bytes` });
    expect(read([bytes('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100_000))])).toMatchObject({ state: 'too-long', status: undefined });
  });

  it('keeps 64 KiB of headers, and reads what decides about the framing behind them', () => {
    const many = Array.from({ length: 100 }, (_, i) => `X-${i}: ${'y'.repeat(1_000)}\r\n`).join('');
    const { fields, body, state } = read([bytes(`HTTP/1.1 200 OK\r\n${many}Content-Length: 2\r\n\r\nok`)]);
    expect([state, body]).toEqual(['complete', 'ok']);
    expect(JSON.stringify(fields).length).toBeLessThan(70_000);
    expect(Object.keys(fields as object).length).toBeGreaterThan(60);
  });

  it('gives headers a form that can be sent on', () => {
    const { fields } = read([bytes('HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nset-cookie:\tb \r\nX-Bad: a\x00b\rc\r\nb\xe4d: 1\r\nX-Folded: a\r\n b\r\n__proto__: c\r\n\r\n')]);
    expect(Object.entries(fields as object)).toEqual([['set-cookie', ['a', 'b']], ['x-bad', 'a b c'], ['x-folded', 'a b'], ['__proto__', 'c']]);
  });

  it('reads the same however the bytes are split', () => {
    const samples = [...STRICT, ...ODD, ...FAILED].map(([text]) => text).filter((text) => text.length < 1_000);
    const splits = fc.array(fc.nat(1_000), { maxLength: 6 });
    // Random bytes take the place of some, and two responses follow each other.
    const text = fc.tuple(fc.constantFrom(...samples), fc.constantFrom('', ...samples), fc.array(fc.tuple(fc.nat(1_000), fc.constantFrom('\r', '\n', ' ', ':', ',', ';', '0', '9', 'a', '\x00', '\xff', 'x')), { maxLength: 4 }))
      .map(([first, second, changes]) => changes.reduce((all, [at, character]) => (all === '' ? all : all.slice(0, at % all.length) + character + all.slice((at % all.length) + 1)), first.replace('$', '') + second));
    fc.assert(fc.property(text, splits, fc.constantFrom('POST', 'HEAD'), fc.constantFrom(40, 1_048_576), (sample, cuts, method, limit) => {
      expect(readText(sample, cuts, { method, limit })).toEqual(readText(sample, [], { method, limit }));
    }), { numRuns: 3_000 });
  });
});
