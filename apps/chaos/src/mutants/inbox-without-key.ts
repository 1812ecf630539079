import type { Mutant } from '../mutant.js';
import { killAt, nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

/**
 * A gateway is killed after Kafka's acknowledgement and before it removed the rows: the next relay sends them again. The
 * inbox takes each event once. Without its key the repeat is admitted too, as far as the deliveries' own key lets it:
 * that refuses it as "poison", so a genuine event is parked as foreign.
 */
export const inboxWithoutKey: Mutant = {
  name: 'inbox-without-key',
  breaks: 'The inbox has no unique key: a record that Kafka has twice is admitted twice.',
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
      // Until the other gateway's relay has its shards: its lease ends in 3 s.
      await sleep(5_000);
      await first.start();
      await sleep(2_000);
    },
  },
};
