import { sharedServers } from '#dev/testing/shared-servers';
import { describeLimits } from '../fixtures/limited-endpoint.js';

describeLimits(sharedServers, [
  { perSecond: 1, burst: 3, seconds: 40, backlog: 100 },
  { perSecond: 20, burst: 10, seconds: 20, backlog: 800 },
]);
