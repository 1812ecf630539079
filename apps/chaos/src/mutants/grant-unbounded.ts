import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { ownedBy, SETTINGS, sleep } from '../scenario.js';
import { sqlEdit } from '../test-build.js';

/**
 * Two dispatchers have a backlog for an endpoint with a rate limit, and ask its bucket again and again. The correct statement
 * gives out the tokens that are there.
 */
export const grantUnbounded: Mutant = {
  name: 'grant-unbounded',
  breaks: 'A statement leases tokens by the size of the bucket, and not by what is in it: an endpoint gets more requests than its rate limit allows.',
  caughtBy: ['rate limit'],
  edits: [
    sqlEdit(BUILT.leaseTokens, 'floor(b.tokens - s.tokens) - o.tokens,\n', '\n'),
    // Or the check of the column would refuse the statement.
    sqlEdit(BUILT.leaseTokens, 'tokens = g.left_over - g.leased,', 'tokens = greatest(0, g.left_over - g.leased),'),
  ],
  scenario: {
    ...SETTINGS,
    endpoint: { rateLimit: { perSecond: 50, burst: 10 } },
    async play(stage) {
      await ownedBy(stage, 2);
      stage.load.start({ entities: 32, intervalMs: 100 });
      await sleep(4_000);
      await stage.load.stop();
    },
  },
};
