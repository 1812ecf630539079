import type { Mutant } from '../mutant.js';
import { killAt, nth, ownedBy, SETTINGS, sleep } from '../scenario.js';

/**
 * Killed with answers in hand that are not committed yet, a dispatcher has sent nothing after those heads. One that
 * didn't wait has: the next owner sends n again after n+1 had arrived, though nothing was frozen and no network slow.
 */
export const outcomeNotAwaited: Mutant = {
  name: 'outcome-not-awaited',
  breaks: "A lane moves on before its head's outcome is committed: after a crash n comes again behind n+1.",
  edits: [
    {
      file: 'dist/libs/outcome/src/outcome.service.js',
      find: 'return await this.commits.add(outcome);',
      replace: "void this.commits.add(outcome).catch(() => undefined);\n            return 'applied';",
    },
  ],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      await ownedBy(stage, 2);
      // A little slower than the posts, so that every lane has a next one at hand.
      await stage.receiver.mode({ kind: 'slow', answerMs: 300 });
      stage.load.start({ entities: 16, intervalMs: 200 });
      for (const number of [0, 1]) {
        await sleep(2_000);
        const dispatcher = nth(stage.dispatchers, number);
        await killAt(dispatcher, 'before-outcome');
        await ownedBy(stage, 1);
        await dispatcher.start();
        await ownedBy(stage, 2);
      }
      await stage.load.stop();
      await stage.receiver.mode({ kind: 'ok' });
    },
  },
};
