import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

const DRAINING = 'while (busy.size > 0 && !lease.isLost && performance.now() <';

/** A dispatcher that is told to stop lets its requests end, and commits their outcomes; or, here, drops them. */
export const drainSkipped: Mutant = {
  name: 'drain-skipped',
  breaks: 'A shard is handed over without waiting for its attempts: they are cut off, and repeated after a graceful stop.',
  caughtBy: ['repeat'],
  edits: ['deadlineMs)', 'outcomesDeadlineMs)'].map((deadline) => ({
    file: BUILT.shardSupervisor,
    find: `${DRAINING} ${deadline}`,
    replace: `while (false && performance.now() < ${deadline}`,
  })),
  scenario: {
    ...SETTINGS,
    // Longer than elsewhere: on a machine too busy to renew a short one, requests are cut off for that reason as well.
    leaseTtlMs: 10_000,
    async play(stage) {
      await ownedBy(stage, 2);
      await stage.receiver.mode({ kind: 'slow', answerMs: 1_000 });
      // As fast as they are answered: every lane has a request open, and no backlog grows.
      stage.load.start({ entities: 32, intervalMs: 800 });
      for (const number of [0, 1]) {
        await sleep(2_500);
        const dispatcher = nth(stage.dispatchers, number);
        await dispatcher.stop();
        await ownedBy(stage, 1);
        await dispatcher.start();
        await ownedBy(stage, 2);
      }
      await stage.load.stop();
      await stage.receiver.mode({ kind: 'ok' });
    },
  },
};
