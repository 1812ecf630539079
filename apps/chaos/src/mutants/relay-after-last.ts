import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

const OUTBOX = BUILT.ingestOutbox;

/**
 * Some of the gateways' statements are made to take long after they drew their numbers, as on a slow disk: what the
 * other gateway accepts meanwhile has higher numbers and is visible first. A relay that reads the lowest first sends the
 * late ones when they appear; one that reads on after the last one it sent leaves them, until it is started anew.
 */
export const relayAfterLast: Mutant = {
  name: 'relay-after-last',
  breaks: 'The relay reads on after the last accept_seq that it sent: events that are visible late are passed over, and admitted late or never.',
  caughtBy: ['outcome', 'order of posts'],
  edits: [
    { file: OUTBOX, find: 'const rows = await readOutbox.run(', replace: 'const found = await readOutbox.run(' },
    {
      file: OUTBOX,
      find: 'for (const { eventId } of sent)',
      replace: `this.last ??= new Map();
        for (const { shard, sequence } of sent) this.last.set(shard, Math.max(sequence, this.last.get(shard) ?? 0));
        const rows = found.filter(({ shard, acceptSeq }) => acceptSeq > (this.last.get(shard) ?? 0));
        for (const { eventId } of sent)`,
    },
  ],
  scenario: {
    ...SETTINGS,
    gateways: 2,
    async play(stage) {
      await ownedBy(stage, 2);
      await stage.query(`
        create function chaos_slow_accept() returns trigger language plpgsql as $$
        begin
          if random() < 0.2 then perform pg_sleep(0.1); end if;
          return null;
        end
        $$;
        create trigger chaos_slow_accept after insert on events for each statement execute function chaos_slow_accept();
      `);
      stage.load.start({ entities: 64, intervalMs: 10 });
      await sleep(4_000);
      // Who relays its shards next has no last one for them: it sends what was left, behind what came later.
      const gateway = nth(stage.gateways, 0);
      await gateway.stop();
      await sleep(1_500);
      await gateway.start();
      await stage.query('drop trigger chaos_slow_accept on events; drop function chaos_slow_accept()');
    },
  },
};
