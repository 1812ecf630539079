import { expect, test } from '@jest/globals';
import { ConfigError } from '#ground/config/config';
import { loadProxyConfig } from './proxy-config.js';

const ENOUGH = { DATABASE_URL: 'postgresql://lockstep:hidden@db:5432/lockstep', UPSTREAM_URL: 'http://backend:3000' };

test('two variables are enough to run a proxy, with one route for everything', () => {
  expect(loadProxyConfig(ENOUGH)).toEqual({
    host: '127.0.0.1',
    port: 8081,
    managementPort: undefined,
    databaseUrl: ENOUGH.DATABASE_URL,
    upstreamUrl: 'http://backend:3000',
    routes: [{
      path: '/*', mode: 'request', keyRequired: false, takeover: 'never', failOpen: false, leaseMs: 30_000, retentionMs: 86_400_000, timeoutMs: 300_000, principal: ['authorization', 'x-api-key'], refuseRegressed: false, tenant: 'default',
    }],
    drainTimeoutMs: 8_000, idempotencyLeaseMs: 30_000, idempotencyRetentionMs: 86_400_000,
    maxBodyBytes: 262_144,
    maxHeldBytes: 67_108_864,
    storePatienceMs: 2_000,
    logLevel: 'info',
  });
});

test.each(Object.keys(ENOUGH))('without %s it does not start, and the error names the variable', (name) => {
  expect(() => loadProxyConfig({ ...ENOUGH, [name]: '' })).toThrow(new RegExp(`^${name} is not set: .{20}`));
});

test('the management port is not the default port of the proxy', () => {
  expect(loadProxyConfig({ ...ENOUGH, MANAGEMENT_PORT: '9090' }).managementPort).toBe(9_090);
  expect(() => loadProxyConfig({ ...ENOUGH, MANAGEMENT_PORT: '8081' })).toThrow('MANAGEMENT_PORT is 8081, as is PORT');
});

test('PORT overrides the default port', () => {
  expect(loadProxyConfig({ ...ENOUGH, PORT: '9000' }).port).toBe(9_000);
  expect(loadProxyConfig({ ...ENOUGH, PORT: '' }).port).toBe(8_081);
});

test("a route has the common lease and retention unless it sets its own; header names are lower case", () => {
  const { routes } = loadProxyConfig({
    ...ENOUGH, LOCKSTEP_IDEMPOTENCY_LEASE: '10s', LOCKSTEP_IDEMPOTENCY_RETENTION: '2h',
    LOCKSTEP_PROXY_ROUTES: '[{"path":"/orders","methods":["POST"],"lease":"1s","principal":["X-Tenant"],"tenant":"acme"},{"path":"/hooks/*","mode":"webhook","retention":"7d","refuseRegressed":true}]',
  });
  expect(routes).toMatchObject([
    { path: '/orders', methods: ['POST'], leaseMs: 1_000, retentionMs: 7_200_000, principal: ['x-tenant'], tenant: 'acme' },
    { path: '/hooks/*', mode: 'webhook', leaseMs: 10_000, retentionMs: 604_800_000, refuseRegressed: true },
    { path: '/*', leaseMs: 10_000, retentionMs: 7_200_000 },
  ]);
});

test('routes can be in a file; an error names the place', () => {
  expect(() => loadProxyConfig({ ...ENOUGH, LOCKSTEP_PROXY_ROUTES: 'package.json' })).toThrow(ConfigError);
  expect(() => loadProxyConfig({ ...ENOUGH, LOCKSTEP_PROXY_ROUTES: '[{"path":"/a"},{"path":"/b","lease":"soon"}]' })).toThrow(/LOCKSTEP_PROXY_ROUTES: .*1\.lease: must be a duration/);
  expect(() => loadProxyConfig({ ...ENOUGH, LOCKSTEP_PROXY_ROUTES: '[{"path":"/a","tenant":"No one"}]' })).toThrow(/LOCKSTEP_PROXY_ROUTES: .*0\.tenant: must be the id of a tenant/);
});
