import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { killAt, nth, ownedBy, SETTINGS, sleep } from '../scenario.js';
import { stallCode } from '../stall-points.js';

const AT = stallCode('before-admission');

/**
 * The dispatcher is killed between the two statements. Its records are behind the cursor but in no inbox, so the next
 * owner skips them. The correct system moves the cursor and admits in one statement.
 */
export const cursorFirst: Mutant = {
  name: 'cursor-first',
  breaks: 'The cursor moves before the admission, in a separate statement without the fence: events are skipped, and later events overtake them.',
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
      // The other dispatcher admits later events of the same entities.
      await ownedBy(stage, 1);
      await sleep(3_000);
      await first.start();
    },
  },
};
