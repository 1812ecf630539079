import { describeLimits } from '../fixtures/limited-endpoint.js';

// Two cores have little left beside them.
describeLimits([
  { perSecond: 500, burst: 100, seconds: 15, backlog: 12_000 },
  { perSecond: 2_000, burst: 400, seconds: 10, backlog: 30_000 },
]);
