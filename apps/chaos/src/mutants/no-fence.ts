import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { ownedBy, SETTINGS, sleep, stallUnderLoad } from '../scenario.js';
import { sqlEdit } from '../test-build.js';

const EPOCH = 'join shard_leases l on l.shard = c.shard and l.epoch = c.epoch';
const NO_EPOCH = 'join shard_leases l on l.shard = c.shard';
const OUTCOMES = BUILT.commitOutcomes;

/**
 * An owner is frozen with an answer in hand, until the shard's next owner has sent the same head again to a slow
 * receiver; thawed, it writes what it got. The fence refuses that, since the epoch has moved on. Without it the row is
 * written under the old epoch, while the new owner's attempt is in flight: the witness in Postgres sees it.
 */
export const noFence: Mutant = {
  name: 'no-fence',
  breaks: "Admissions and outcomes don't compare their epoch with the lease's: a former owner goes on writing.",
  caughtBy: ['witness'],
  edits: [
    sqlEdit(BUILT.admitBatch, EPOCH, NO_EPOCH),
    sqlEdit(OUTCOMES, EPOCH, NO_EPOCH),
    sqlEdit(OUTCOMES, 'select l.shard, l.epoch', 'select l.shard, c.epoch'),
  ],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      const first = await stallUnderLoad(stage, 'before-outcome');
      await stage.receiver.mode({ kind: 'slow', answerMs: 6_000 });
      await ownedBy(stage, 1);
      // The new owner has loaded the lanes and sent their heads; none is answered yet.
      await sleep(2_000);
      await first.thaw();
      await sleep(1_000);
      await stage.receiver.mode({ kind: 'ok' });
      await stage.load.stop();
      await sleep(6_000);
    },
  },
};
