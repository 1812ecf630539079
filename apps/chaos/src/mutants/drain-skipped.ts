import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

const DRAINING = 'while (busy.size > 0 && !lease.isLost && performance.now() <';

/** A stopping dispatcher waits for its requests and commits their outcomes. The mutant drops them. */
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
    // Longer than elsewhere: a busy machine may not renew a short lease in time, which also cuts off requests.
    leaseTtlMs: 10_000,
    async play(stage) {
      await ownedBy(stage, 2);
      await stage.receiver.setMode({ kind: 'slow', answerMs: 1_000 });
      // Posts come as fast as answers, so every lane has an open request and no backlog grows.
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
      await stage.receiver.setMode({ kind: 'ok' });
    },
  },
};
