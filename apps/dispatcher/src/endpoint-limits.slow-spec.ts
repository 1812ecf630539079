import { sharedServers } from '#dev/testing/shared-servers';
import { describeLimits } from '../fixtures/limited-endpoint.js';

describeLimits(sharedServers, [
  { seconds: 45, killMs: 12_000, cases: [{ perSecond: 1, burst: 3, backlog: 100 }, { perSecond: 20, burst: 10, backlog: 1_500 }] },
]);
