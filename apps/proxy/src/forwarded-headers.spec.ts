import { expect, test } from '@jest/globals';
import { forwardedHeaders } from './forwarded-headers.js';

const request = { connection: undefined, host: 'shop.example', forwardedFor: undefined, forwardedHost: undefined, forwardedProto: undefined, remoteAddress: '10.0.0.1' };

test('end-to-end headers are passed on as written, repeated ones too; headers of the connection are not', () => {
  const rawHeaders = [
    'Host', 'shop.example', 'X-A', '1', 'x-a', '2', 'Connection', 'close, X-Hop', 'X-Hop', '3', 'Keep-Alive', '5', 'TE', 'trailers', 'Transfer-Encoding', 'chunked', 'Expect', '100-continue', 'Content-Length', '7', 'Idempotency-Key', 'k',
  ];
  expect(forwardedHeaders({ ...request, rawHeaders, connection: 'close, X-Hop' })).toEqual([
    'X-A', '1', 'x-a', '2', 'Idempotency-Key', 'k', 'x-forwarded-for', '10.0.0.1', 'x-forwarded-host', 'shop.example', 'x-forwarded-proto', 'http', 'via', '1.1 lockstep',
  ]);
});

test('forwarded headers of a proxy in front are trusted', () => {
  const rawHeaders = ['X-Forwarded-For', '1.2.3.4', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'www.example'];
  expect(forwardedHeaders({ ...request, rawHeaders, forwardedFor: '1.2.3.4', forwardedProto: 'https', forwardedHost: 'www.example' })).toEqual([
    'x-forwarded-for', '1.2.3.4, 10.0.0.1', 'x-forwarded-host', 'www.example', 'x-forwarded-proto', 'https', 'via', '1.1 lockstep',
  ]);
});
