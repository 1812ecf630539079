import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { allRelayed, killAt, nth, ownedBy, SETTINGS, sleep } from '../scenario.js';
import { sqlEdit } from '../test-build.js';

const ADMISSION = BUILT.admitBatch;

/**
 * Two gateways send the same rows while no dispatcher reads, so both copies are in the next fetch. Without folding, each
 * copy takes a sequence: an event has two, or its lane a gap. The edits add "on conflict do nothing", because the
 * deliveries' key would otherwise reject the statement and halving the batch would separate the copies.
 */
export const repeatsNotFolded: Mutant = {
  name: 'repeats-not-folded',
  breaks: 'The same event twice in one fetch is not folded: it takes two sequences of its lane.',
  caughtBy: ['identity', 'sequence', 'order'],
  edits: [
    sqlEdit(ADMISSION, 'select id, shard, min(ordinal) as ordinal', 'select id, shard, ordinal'),
    sqlEdit(ADMISSION, 'with ordinality as r (id, shard, ordinal)\n  group by id, shard', 'with ordinality as r (id, shard, ordinal)'),
    sqlEdit(ADMISSION, 'select id, endpoint, tenant, shard, lane, sequence\n  from numbered', 'select id, endpoint, tenant, shard, lane, sequence\n  from numbered\n  on conflict do nothing'),
  ],
  scenario: {
    ...SETTINGS,
    gateways: 2,
    async play(stage) {
      const load = { entities: 32, intervalMs: 20 };
      await ownedBy(stage, 2);
      // The dispatchers first read some events, because a shard's first admission does not come from the log.
      stage.load.start(load);
      await sleep(2_000);
      await stage.load.stop();
      await allRelayed(stage);
      await sleep(1_000);
      await Promise.all(stage.dispatchers.map((dispatcher) => dispatcher.stop()));
      stage.load.start(load);
      await killAt(nth(stage.gateways, 0), 'relay-sent');
      await sleep(1_000);
      await stage.load.stop();
      // The other gateway sends the rows when the killed one's relay lease has expired.
      await allRelayed(stage);
      await Promise.all([...stage.dispatchers, nth(stage.gateways, 0)].map((app) => app.start()));
      stage.load.start(load);
      await sleep(3_000);
    },
  },
};
