import { describe, expect, it } from '@jest/globals';
import { verdictOf } from '../fixtures/verdict.js';
import { none } from './none.js';

const NETWORKS = ['10.1.0.0/16', '2001:db8::/32', '192.0.2.7'];

describe('none', () => {
  it.each(['10.1.2.3', '::ffff:10.1.2.3', '2001:db8:1::1', '192.0.2.7'])('accepts requests from %s', async (remoteAddress) => {
    expect(await verdictOf(none, { remoteAddress }, [], { networks: NETWORKS })).toBe('genuine');
  });

  it.each(['10.2.0.1', '::ffff:10.2.0.1', '2001:db9::1', '192.0.2.8', '::1', '', 'localhost', '10.1.2.3.4'])('refuses requests from %j', async (remoteAddress) => {
    expect(await verdictOf(none, { remoteAddress }, [], { networks: NETWORKS })).toBe('mismatch');
  });

  it.each([[{}], [{ networks: [] }], [{ networks: ['10.0.0.0/33'] }], [{ networks: ['example.com'] }], [{ networks: '10.0.0.0/8' }], [{ networks: NETWORKS, other: 1 }]])('refuses the settings %j', (settings) => {
    expect(none.settings.safeParse(settings).success).toBe(false);
    expect(() => none.verifier(settings, { fetchPem: () => Promise.reject(new Error('not needed')), keepPem: () => undefined })).toThrow();
  });
});
