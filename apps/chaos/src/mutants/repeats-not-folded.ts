import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { allRelayed, killAt, nth, ownedBy, SETTINGS, sleep } from '../scenario.js';
import { sqlEdit } from '../test-build.js';

const ADMISSION = BUILT.admitBatch;

/**
 * While no dispatcher reads, a gateway is killed between Kafka's acknowledgement and the removal of its rows, and another
 * sends them again: both copies are in the dispatchers' next fetch. Folded, the second counts for nothing. Unfolded, each
 * copy takes a sequence of its own, so that an event has two of them, or a lane a hole.
 *
 * "on conflict do nothing" belongs to it: the deliveries' key would otherwise refuse the statement, and halving the
 * batch, as for poison, would tell the copies apart.
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
      // First some events that are read: a log that nobody has read yet is not where a shard's first admission comes from.
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
      // By the other gateway, once the dead one's relay lease has ended.
      await allRelayed(stage);
      await Promise.all([...stage.dispatchers, nth(stage.gateways, 0)].map((app) => app.start()));
      stage.load.start(load);
      await sleep(3_000);
    },
  },
};
