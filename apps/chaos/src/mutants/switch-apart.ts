import { waitUntil } from '#dev/testing/wait-until';
import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { ownedBy, SETTINGS, sleep } from '../scenario.js';
import { sqlEdit } from '../test-build.js';

const CAUGHT_UP_LIMIT_MS = 30_000;

/**
 * An endpoint begins in the past while events come in. The step that finds nothing behind it ends the catch-up in the same
 * statement. The mutant's step is followed by a second statement, a second later, and admissions of the shard do not wait for it.
 * They leave the endpoint out, because its catch-up has not ended, and that does not come back.
 */
export const switchApart: Mutant = {
  name: 'switch-apart',
  breaks: 'A catch-up is ended by a second statement, after the step that found nothing behind it: what is admitted in between is never routed to the endpoint.',
  caughtBy: ['outcome'],
  edits: [
    sqlEdit(BUILT.stepCatchUp, 'finished_at = case when e.ended then now() end', 'finished_at = null'),
    sqlEdit(BUILT.stepCatchUp, 's.finished_at is not null as finished', 'e.ended as finished'),
    {
      file: BUILT.catchUpsRepository,
      find: 'if (first.position === null)',
      replace: `if (first.finished === true) {
            await new Promise((resolve) => setTimeout(resolve, 1_000));
            await this.database.query('update catch_up_shards set finished_at = now() where endpoint = $1 and shard = $2', [catchUp.endpoint, catchUp.shard]);
        }
        if (first.position === null)`,
    },
    { file: BUILT.catchUpRunner, find: 'this.admissions.inTurn(lanes, ', replace: '((_, work) => work())(lanes, ' },
  ],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      await ownedBy(stage, 2);
      stage.load.start({ entities: 16, intervalMs: 50 });
      await sleep(2_000);
      await stage.addEndpointFromEarliest();
      await waitUntil('the endpoint has caught up', async () => (await stage.query('select from catch_ups where finished_at is not null')).length === 1, CAUGHT_UP_LIMIT_MS);
      await sleep(2_000);
      await stage.load.stop();
    },
  },
};
