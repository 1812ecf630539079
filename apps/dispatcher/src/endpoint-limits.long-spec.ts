import { afterAll } from '@jest/globals';
import { startServers } from '#dev/testing/servers';
import { describeLimits } from '../fixtures/limited-endpoint.js';

const servers = await startServers();

// Two cores have little left beside them.
describeLimits(() => servers, [
  { perSecond: 500, burst: 100, seconds: 15, backlog: 12_000 },
  { perSecond: 2_000, burst: 400, seconds: 10, backlog: 30_000 },
]);

afterAll(() => servers.stop());
