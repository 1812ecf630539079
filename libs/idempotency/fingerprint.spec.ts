import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FingerprintedRequest, fingerprintOf } from './fingerprint.js';

const request: FingerprintedRequest = { method: 'POST', url: '/orders?a=1&b=2', contentType: 'application/json', body: Buffer.from('{}') };
const same = (changes: Partial<FingerprintedRequest>): boolean => fingerprintOf({ ...request, ...changes }).equals(fingerprintOf(request));

describe('fingerprintOf', () => {
  it('has 32 bytes', () => {
    expect(fingerprintOf(request)).toHaveLength(32);
  });

  it('differs by method, path, query, content type and body', () => {
    const others: Partial<FingerprintedRequest>[] = [
      { method: 'PUT' }, { url: '/order?a=1&b=2' }, { url: '/orders?a=1&b=3' }, { url: '/orders?a=1' }, { url: '/orders' }, { contentType: 'text/plain' }, { contentType: undefined }, { body: Buffer.from('{ }') },
    ];
    expect(others.filter(same)).toEqual([]);
  });

  it('ignores the order of query names, but not the order of values of one name', () => {
    expect(same({ url: '/orders?b=2&a=1' })).toBe(true);
    const sorted = (url: string): Buffer => fingerprintOf({ ...request, url });
    expect(sorted('/?sort=a&sort=b').equals(sorted('/?sort=b&sort=a'))).toBe(false);
  });

  it('differs when the same characters are split differently', () => {
    const part = fc.string({ maxLength: 6 });
    const requests = fc.tuple(part, part, part, fc.uint8Array({ maxLength: 6 })).map(([method, path, contentType, body]) => ({ method, url: `/${path.replaceAll(/[?&]/g, '')}`, contentType: contentType.trim(), body: Buffer.from(body) }));
    fc.assert(fc.property(requests, requests, (one, other) => {
      const equal = one.method === other.method && one.url === other.url && one.contentType === other.contentType && one.body.equals(other.body);
      return fingerprintOf(one).equals(fingerprintOf(other)) === equal;
    }));
  });
});
