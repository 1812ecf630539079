import { describe, expect, it } from '@jest/globals';
import { excessOf, type KeyGrant } from './key-grant.js';

const [SOON, LATER] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z')];
const WHOLE: KeyGrant = { scopes: ['admin'], expiresAt: null, ingestRateLimit: null };

function pathsOf(wanted: Partial<KeyGrant>, held: Partial<KeyGrant>): string[] {
  return excessOf({ scopes: ['read'], expiresAt: null, ingestRateLimit: null, ...wanted }, { ...WHOLE, ...held }).map(({ path }) => path);
}

describe('a key hands out', () => {
  it.each<[KeyGrant['scopes'], KeyGrant['scopes']]>([[['read'], ['manage']], [['manage', 'read'], ['manage']], [['ingest', 'admin'], ['admin']], [['ingest'], ['read', 'ingest']]])('%j from %j', (wanted, held) => {
    expect(pathsOf({ scopes: wanted }, { scopes: held })).toEqual([]);
  });

  it.each<[KeyGrant['scopes'], KeyGrant['scopes']]>([[['ingest'], ['manage']], [['manage'], ['read', 'ingest']], [['admin'], ['manage', 'ingest']], [['read'], ['ingest']]])('never %j from %j', (wanted, held) => {
    expect(pathsOf({ scopes: wanted }, { scopes: held })).toEqual(['/scopes']);
  });

  it('no key that lives longer than it does', () => {
    expect(pathsOf({ expiresAt: SOON }, { expiresAt: SOON })).toEqual([]);
    expect(pathsOf({ expiresAt: LATER }, { expiresAt: SOON })).toEqual(['/expiresAt']);
    expect(pathsOf({ expiresAt: null }, { expiresAt: SOON })).toEqual(['/expiresAt']);
  });

  it('no key that posts more than it does', () => {
    const held = { ingestRateLimit: { perSecond: 10, burst: 20 } };
    expect(pathsOf({ ingestRateLimit: { perSecond: 10, burst: 20 } }, held)).toEqual([]);
    expect(pathsOf({ ingestRateLimit: { perSecond: 11, burst: 20 } }, held)).toEqual(['/ingestRateLimit']);
    expect(pathsOf({ ingestRateLimit: { perSecond: 1, burst: 21 } }, held)).toEqual(['/ingestRateLimit']);
    expect(pathsOf({ ingestRateLimit: null }, held)).toEqual(['/ingestRateLimit']);
  });
});
