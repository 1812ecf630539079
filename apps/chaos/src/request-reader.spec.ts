import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MalformedRequest, type RequestPart, RequestReader } from './request-reader.js';

const request = (path: string, body: string, headers = `Content-Length: ${Buffer.byteLength(body)}\r\n`): string => `POST ${path} HTTP/1.1\r\nHost: h\r\nX-A:  b c \r\n${headers}\r\n${body}`;
const readAll = (...chunks: readonly (string | Buffer)[]): RequestPart[] => {
  const reader = new RequestReader();
  return chunks.flatMap((chunk) => [...reader.read(Buffer.from(chunk))]);
};

describe('RequestReader', () => {
  it('yields head and body of each request, however the bytes are split', () => {
    const bytes = Buffer.from(request('/first', 'ü') + request('/second~2', ''));
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const parts = readAll(...bounds.slice(1).map((to, i) => bytes.subarray(bounds[i], to)));
        expect(parts.map((part) => (part.kind === 'head' ? part.head.path : part.text))).toEqual(['/first', 'ü', '/second~2', '']);
        expect(parts[0]).toMatchObject({ head: { headers: new Map([['host', 'h'], ['x-a', 'b c'], ['content-length', '2']]) } });
      }),
    );
  });

  it.each([
    ['another method', request('/', '').replace('POST', 'GET')],
    ['HTTP/1.0', request('/', '').replace('1.1', '1.0')],
    ['no length', request('/', '', '')],
    ['an odd length', request('/', '', 'Content-Length: 1x\r\n')],
    ['two lengths', request('/', 'a', 'Content-Length: 1\r\nContent-Length: 1\r\n')],
    ['chunks', request('/', '0\r\n\r\n', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n')],
    ['no host', request('/', '').replace('Host: h\r\n', '')],
    ['a folded header', request('/', '').replace('  b', '\r\n b')],
    ['a control in a header', request('/', '').replace('b c', 'b\0c')],
    ['a space before the colon', request('/', '').replace('X-A:', 'X-A :')],
    ['LF line ends', request('/', '').replace('\r\nX-A', '\nX-A')],
    ['an endless head', 'x'.repeat(70_000)],
  ])('refuses %s', (_, text) => {
    expect(() => readAll(text)).toThrow(MalformedRequest);
  });
});
