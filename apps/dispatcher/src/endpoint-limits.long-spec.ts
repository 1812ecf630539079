import { afterAll } from '@jest/globals';
import { startServers } from '#dev/testing/servers';
import { describeLimits } from '../fixtures/limited-endpoint.js';

const servers = await startServers();

// Two cores have little left beside them.
describeLimits(() => servers, [
  { seconds: 40, killMs: 4_000, cases: [{ perSecond: 20, burst: 10, backlog: 1_500 }] },
  { seconds: 15, killMs: 4_000, cases: [{ perSecond: 500, burst: 100, backlog: 12_000 }] },
  { seconds: 10, killMs: 4_000, cases: [{ perSecond: 2_000, burst: 400, backlog: 30_000 }] },
]);

afterAll(() => servers.stop());
