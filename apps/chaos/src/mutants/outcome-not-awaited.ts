import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { killAt, nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

/**
 * The dispatcher is killed before it commits the outcomes of some heads. The correct one has sent nothing behind those
 * heads. The mutant has, so the next owner sends n again after n+1 has arrived, without a freeze or a slow network.
 */
export const outcomeNotAwaited: Mutant = {
  name: 'outcome-not-awaited',
  breaks: "A lane sends its next event before its head's outcome is committed: after a crash n arrives again behind n+1.",
  caughtBy: ['late'],
  edits: [
    {
      file: BUILT.outcomeService,
      find: 'return await this.addUntilDone(outcome, isAwaited);',
      replace: "void this.commits.add(outcome, isAwaited).catch(() => undefined);\n            return 'applied';",
    },
  ],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      await ownedBy(stage, 2);
      // With commits slower than the receiver, the mutant is well ahead of them, and every lane has a backlog.
      await stage.query(`
        create function chaos_slow_outcome() returns trigger language plpgsql as $$
        begin
          perform pg_sleep(0.3);
          return null;
        end
        $$;
        create trigger chaos_slow_outcome after insert on attempts for each statement execute function chaos_slow_outcome();
      `);
      stage.load.start({ entities: 16, intervalMs: 200 });
      await sleep(3_000);
      const first = nth(stage.dispatchers, 0);
      await killAt(first, 'before-outcome');
      await ownedBy(stage, 1);
      await first.start();
      await stage.load.stop();
      await stage.query('drop trigger chaos_slow_outcome on attempts; drop function chaos_slow_outcome()');
    },
  },
};
