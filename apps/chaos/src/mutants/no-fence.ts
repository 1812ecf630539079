import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { ownedBy, SETTINGS, sleep, stallUnderLoad } from '../scenario.js';
import { sqlEdit } from '../test-build.js';

const EPOCH = 'join shard_leases l on l.shard = c.shard and l.epoch = c.epoch';
const NO_EPOCH = 'join shard_leases l on l.shard = c.shard';
const OUTCOMES = BUILT.commitOutcomes;

/**
 * An owner freezes with an answer whose outcome is not committed. The next owner sends the same head to a slow receiver.
 * Thawed, the former owner commits its outcome. The fence rejects that; without it, the row has the old epoch.
 */
export const noFence: Mutant = {
  name: 'no-fence',
  breaks: "Admissions and outcomes do not compare their epoch with the lease's: a former owner still writes.",
  caughtBy: ['stale write'],
  edits: [
    sqlEdit(BUILT.admitBatch, EPOCH, NO_EPOCH),
    sqlEdit(OUTCOMES, EPOCH, NO_EPOCH),
    sqlEdit(OUTCOMES, 'select l.shard, l.epoch', 'select l.shard, c.epoch'),
  ],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      const first = await stallUnderLoad(stage, 'before-outcome');
      await stage.receiver.setMode({ kind: 'slow', answerMs: 6_000 });
      await ownedBy(stage, 1);
      // The new owner loads the lanes and sends their heads; none is answered yet.
      await sleep(2_000);
      await first.thaw();
      await sleep(1_000);
      await stage.receiver.setMode({ kind: 'ok' });
      await stage.load.stop();
      await sleep(6_000);
    },
  },
};
