import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { ownedBy, SETTINGS, sleep } from '../scenario.js';

/** Half of the records go to a partition other than their shard; its owner parks them as foreign. */
export const randomPartition: Mutant = {
  name: 'random-partition',
  breaks: "Events are not produced to their shard's partition: genuine events are parked as foreign, and admitted late or never.",
  caughtBy: ['parked'],
  edits: [{ file: BUILT.ingestOutbox, find: 'partition: shard,', replace: 'partition: Math.random() < 0.5 ? 0 : shard,' }],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      await ownedBy(stage, 2);
      stage.load.start({ entities: 32, intervalMs: 20 });
      await sleep(5_000);
    },
  },
};
