import { expect, test } from '@jest/globals';
import { loadProxyConfig } from './proxy-config.js';
import { longestSilenceMs, RouteTable } from './route-table.js';

const config = loadProxyConfig({
  DATABASE_URL: 'postgresql://db/x', UPSTREAM_URL: 'http://backend',
  LOCKSTEP_PROXY_ROUTES: '[{"path":"/orders","methods":["POST"],"lease":"3s"},{"path":"/orders/*"},{"path":"/ä"}]',
});
const table = new RouteTable(config);

test.each([
  ['POST', '/orders', '/orders'], ['POST', '/orders?a=/b', '/orders'], ['POST', '/%6frders', '/orders'], ['GET', '/orders', '/*'], ['POST', '/orders/', '/orders/*'], ['DELETE', '/orders/7/lines', '/orders/*'],
  ['POST', '/ordersx', '/*'], ['GET', '/%C3%A4', '/ä'], ['GET', '/%zz', '/*'], ['GET', '/', '/*'],
])('%s %s goes by %s', (method, url, path) => {
  expect(table.of(method, url).path).toBe(path);
});

test('a client connection may be silent for longer than any backend', () => {
  const silence = (timeout: string): number => longestSilenceMs(loadProxyConfig({ DATABASE_URL: 'postgresql://db/x', UPSTREAM_URL: 'http://backend', LOCKSTEP_PROXY_ROUTES: `[{"path":"/report","timeout":"${timeout}"}]` }).routes);
  expect([silence('1s'), silence('1h')]).toEqual([360_000, 3_660_000]);
});
