import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

/**
 * A dispatcher without Postgres cuts off its requests at its lease's deadline, before the next owner sends. The mutant
 * leaves them open at a receiver slower than the lease: a lane has two open requests, without a freeze.
 */
export const sendsAfterDeadline: Mutant = {
  name: 'sends-after-deadline',
  breaks: "An owner keeps sending, and leaves requests open, after its lease's deadline: its requests overlap those of the next owner.",
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
      // Less than the endpoint's timeout of 15 s.
      await stage.receiver.setMode({ kind: 'slow', answerMs: 14_000 });
      // Every lane then has an open request.
      await sleep(2_000);
      await stage.cutFromPostgres(first);
      await stage.load.stop();
      await ownedBy(stage, 1);
      await sleep(1_000);
      await stage.receiver.setMode({ kind: 'ok' });
      // Shards move back only when the new owner's requests have ended; a drain does not wait that long.
      await sleep(14_000);
      await stage.restorePostgres(first);
      await ownedBy(stage, 2);
    },
  },
};
