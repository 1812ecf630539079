import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { ownedBy, SETTINGS, sleep, stallUnderLoad } from '../scenario.js';
import { sqlEdit } from '../test-build.js';

/**
 * A frozen owner holds records that the next owner has admitted; thawed, it admits them too. The fence rejects that.
 * Without it the cursor moves back, and events could be admitted without the next owner's knowledge.
 */
export const noAdmissionFence: Mutant = {
  name: 'no-admission-fence',
  breaks: "Admissions do not compare their epoch with the lease's, but outcomes do: a former owner still admits events.",
  caughtBy: ['stale write'],
  edits: [sqlEdit(BUILT.admitBatch, 'join shard_leases l on l.shard = c.shard and l.epoch = c.epoch', 'join shard_leases l on l.shard = c.shard')],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      const first = await stallUnderLoad(stage, 'before-admission');
      await ownedBy(stage, 1);
      // The new owner reads from the cursor and admits.
      await sleep(2_000);
      await first.thaw();
      await sleep(2_000);
      await stage.load.stop();
    },
  },
};
