import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { killAt, nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

/**
 * Killed with answers in hand that are not committed yet, a dispatcher has sent nothing after those heads. One that
 * didn't wait has: the next owner sends n again after n+1 had arrived, though nothing was frozen and no network slow.
 */
export const outcomeNotAwaited: Mutant = {
  name: 'outcome-not-awaited',
  breaks: "A lane moves on before its head's outcome is committed: after a crash n comes again behind n+1.",
  caughtBy: ['late'],
  edits: [
    {
      file: BUILT.outcomeService,
      find: 'return await this.commits.add(outcome, isAwaited);',
      replace: "void this.commits.add(outcome, isAwaited).catch(() => undefined);\n            return 'applied';",
    },
  ],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      await ownedBy(stage, 2);
      // Slower than the receiver: who doesn't wait for an outcome is well ahead of it, and a backlog is at hand.
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
