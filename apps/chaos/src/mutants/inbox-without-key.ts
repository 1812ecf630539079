import type { Mutant } from '../mutant.js';
import { killAt, nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

/**
 * A gateway is killed between Kafka's acknowledgement and the removal of its rows, so the next relay sends them again.
 * Without the inbox's key, admission inserts the repeat. The deliveries' key then rejects the statement as poison, and
 * a genuine event is parked as foreign.
 */
export const inboxWithoutKey: Mutant = {
  name: 'inbox-without-key',
  breaks: 'The inbox has no unique key: a record that is in Kafka twice is admitted twice.',
  caughtBy: ['parked'],
  edits: [
    {
      file: 'migrations/0001_initial-schema.sql',
      find: '  admitted_at timestamptz not null default now(),\n  primary key (event_id)\n) partition by range (event_id);',
      replace: '  admitted_at timestamptz not null default now()\n) partition by range (event_id);\ncreate index on inbox (event_id);',
    },
  ],
  scenario: {
    ...SETTINGS,
    gateways: 2,
    async play(stage) {
      const first = nth(stage.gateways, 0);
      await ownedBy(stage, 2);
      stage.load.start({ entities: 32, intervalMs: 20 });
      await sleep(2_000);
      await killAt(first, 'relay-sent');
      // The other gateway's relay takes the shards over when the lease expires, after 3 s.
      await sleep(5_000);
      await first.start();
      await sleep(2_000);
    },
  },
};
