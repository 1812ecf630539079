import { expect, test } from '@jest/globals';
import { requestHead } from './request-head.js';

test('a request says where it ends', () => {
  expect(requestHead('POST', '/a?b', 'x:1', ['A', '1', 'b', 'ä'], 5)).toBe('POST /a?b HTTP/1.1\r\nhost: x:1\r\nconnection: keep-alive\r\nA: 1\r\nb: ä\r\ncontent-length: 5\r\n\r\n');
  expect(requestHead('PUT', '/', 'x', [], 'unknown')).toContain('\r\ntransfer-encoding: chunked\r\n\r\n');
  expect(requestHead('POST', '/', 'x', [], undefined)).toContain('\r\ncontent-length: 0\r\n\r\n');
  expect(requestHead('GET', '/', 'x', [], undefined)).toBe('GET / HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\n\r\n');
});

test.each([
  ['a method with a space', 'GET /x', '/', []],
  ['a path with a space', 'GET', '/a b', []],
  ['a path with a line end', 'GET', '/a\r\nb', []],
  ['a path with a character that becomes a line end in latin1', 'GET', '/\u010a', []],
  ['another form of target', 'OPTIONS', '*', []],
  ['a name with a colon', 'GET', '/', ['a:', 'b']],
  ['a value with a line end', 'GET', '/', ['a', 'b\nc: d']],
  ['a value with NUL', 'GET', '/', ['a', 'b\0']],
  ['a value with a character that becomes a line end in latin1', 'GET', '/', ['a', '\u010d']],
  ['a length of its own', 'GET', '/', ['Content-Length', '3']],
  ['a coding of its own', 'GET', '/', ['transfer-encoding', 'chunked']],
])('a request is refused with %s', (_with, method, target, headers) => {
  expect(() => requestHead(method, target, 'x', headers, undefined)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
});
