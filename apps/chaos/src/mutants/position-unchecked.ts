import { waitUntil } from '#dev/testing/wait-until';
import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { nth, SETTINGS, sleep, type Stage, STALL_TIMEOUT_MS } from '../scenario.js';
import { sqlEdit } from '../test-build.js';

/** Covers the session of the source's group (6 s), and the rebalance. */
const REASSIGNED_LIMIT_MS = 40_000;

/**
 * A gateway freezes with records of a topic in hand. The other one gets its partitions, and stores the same records. Thawed,
 * the first one stores them too, unless the statement compares the positions.
 */
export const positionUnchecked: Mutant = {
  name: 'position-unchecked',
  breaks: "A source's positions move without being compared: a gateway that was frozen stores records that another one has stored.",
  caughtBy: ['id'],
  edits: [sqlEdit(BUILT.acceptRecords, ' and p.next_offset = c.expected_offset', '')],
  scenario: {
    ...SETTINGS,
    gateways: 2,
    origin: 'topic',
    async play(stage) {
      const first = nth(stage.gateways, 0);
      await waitUntil('both gateways read the topic', async () => (await stage.query("select from source_readers where state = 'reading'")).length === 2);
      stage.load.start({ entities: 32, intervalMs: 50 });
      await sleep(1_000);
      await first.armStall('before-records');
      await first.untilStalled(STALL_TIMEOUT_MS);
      await allPartitionsMove(stage);
      await sleep(2_000);
      await first.thaw();
      await sleep(2_000);
      await stage.load.stop();
    },
  },
};

/** Waits until the other gateway has read on in each partition, those of the frozen one included. */
async function allPartitionsMove(stage: Stage): Promise<void> {
  const positions = (): Promise<{ partition: number; position: number }[]> => stage.query('select partition, next_offset::integer as position from source_positions');
  const before = new Map((await positions()).map(({ partition, position }) => [partition, position]));
  await waitUntil('all partitions are read on', async () => (await positions()).every(({ partition, position }) => position > (before.get(partition) ?? 0)), REASSIGNED_LIMIT_MS);
}
