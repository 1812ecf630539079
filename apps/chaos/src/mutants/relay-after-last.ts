import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

const OUTBOX = BUILT.ingestOutbox;

/**
 * Some gateway statements commit late, as on a slow disk; higher numbers of the other gateway become visible first. The
 * correct relay always reads the lowest number. The mutant reads after the last number it sent, so it skips late rows
 * until it restarts.
 */
export const relayAfterLast: Mutant = {
  name: 'relay-after-last',
  breaks: 'The relay reads after the last accept_seq that it sent: events that become visible late are skipped, and admitted late or never.',
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
      // The next relay of these shards remembers no last number: it sends the skipped rows behind later ones.
      const gateway = nth(stage.gateways, 0);
      await gateway.stop();
      await sleep(1_500);
      await gateway.start();
      await stage.query('drop trigger chaos_slow_accept on events; drop function chaos_slow_accept()');
    },
  },
};
