import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

/**
 * A dispatcher that Postgres doesn't answer any more cuts off its requests at its own deadline, so that they have ended
 * when the next owner sends. One that goes on has them open still, at a receiver that takes longer than the lease: two
 * requests of one lane at a time, though nothing was frozen.
 */
export const sendsAfterDeadline: Mutant = {
  name: 'sends-after-deadline',
  breaks: "An owner sends on, and leaves its requests open, after its lease's deadline: requests of a lane overlap those of the next owner.",
  caughtBy: ['overlap'],
  edits: [
    { file: BUILT.lease, find: "return this.current === 'active' && this.remainingMs() > 0;", replace: 'return this.mayRead;' },
    { file: BUILT.lease, find: "get isActive() {\n        return this.current === 'active';", replace: 'get isActive() {\n        return this.mayRead;' },
    { file: BUILT.shardSupervisor, find: "nothing is sent until it is');\n        lanes.abortAll();", replace: "nothing is sent until it is');" },
  ],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      const first = nth(stage.dispatchers, 0);
      await ownedBy(stage, 2);
      stage.load.start({ entities: 16, intervalMs: 200 });
      await sleep(2_000);
      // Below the endpoint's timeout of 15 s.
      await stage.receiver.mode({ kind: 'slow', answerMs: 14_000 });
      // Until every lane has a request open.
      await sleep(2_000);
      await stage.cutFromPostgres(first);
      await stage.load.stop();
      await ownedBy(stage, 1);
      await sleep(1_000);
      await stage.receiver.mode({ kind: 'ok' });
      // Shards go back only when the new owner's requests have ended: they take longer than a drain waits.
      await sleep(14_000);
      await stage.restorePostgres(first);
      await ownedBy(stage, 2);
    },
  },
};
