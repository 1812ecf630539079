import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { killAt, nth, ownedBy, SETTINGS, sleep } from '../scenario.js';
import { stallCode } from '../stall-points.js';

const AT = stallCode('before-admission');

/**
 * Killed between the two statements, the records in hand are behind the cursor and in no inbox: the next owner reads on
 * after them. The correct system moves the cursor in the admission's own statement, so killed there it has moved nothing.
 */
export const cursorFirst: Mutant = {
  name: 'cursor-first',
  breaks: "The shard's cursor moves in a statement of its own, before the admission and without its fence: events are passed over, and those after them go first.",
  caughtBy: ['outcome', 'order of posts'],
  edits: [
    {
      file: BUILT.admissionRepository,
      find: AT,
      replace: `for (const { shard, nextOffset, lastEventId, caughtUp } of admissions) {
            if (nextOffset === undefined) continue;
            await this.database.query(
                'update shard_cursors set next_offset = $2, last_event_id = $3, caught_up_at = case when $4 then now() else caught_up_at end where shard = $1',
                [shard, nextOffset, lastEventId ?? null, caughtUp],
            );
        }
        ${AT}`,
    },
  ],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      const first = nth(stage.dispatchers, 0);
      await ownedBy(stage, 2);
      stage.load.start({ entities: 32, intervalMs: 20 });
      await sleep(2_000);
      await killAt(first, 'before-admission');
      // The others' events of the same entities are admitted meanwhile.
      await ownedBy(stage, 1);
      await sleep(3_000);
      await first.start();
    },
  },
};
