import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { ownedBy, SETTINGS, sleep, stallUnderLoad } from '../scenario.js';
import { sqlEdit } from '../test-build.js';

/**
 * An owner is frozen with records in hand, until the shard's next owner has admitted them and those after them; thawed,
 * it admits what it has. The fence refuses that. Without it the inbox takes nothing of it twice, but the cursor goes
 * back, and what the next owner had not yet would be admitted behind its back: the witness in Postgres sees who writes.
 */
export const noAdmissionFence: Mutant = {
  name: 'no-admission-fence',
  breaks: "Admissions don't compare their epoch with the lease's, outcomes do: a former owner goes on admitting.",
  caughtBy: ['witness'],
  edits: [sqlEdit(BUILT.admitBatch, 'join shard_leases l on l.shard = c.shard and l.epoch = c.epoch', 'join shard_leases l on l.shard = c.shard')],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      const first = await stallUnderLoad(stage, 'before-admission');
      await ownedBy(stage, 1);
      // The new owner reads on from the cursor, and admits.
      await sleep(2_000);
      await first.thaw();
      await sleep(2_000);
      await stage.load.stop();
    },
  },
};
