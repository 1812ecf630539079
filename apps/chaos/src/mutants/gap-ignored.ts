import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { allRelayed, ownedBy, SETTINGS, sleep } from '../scenario.js';

/**
 * Unread records are deleted, and more follow. The correct dispatcher first admits the missing events from Postgres. The
 * mutant reads on, and admits later events of the same entities before them.
 */
export const gapIgnored: Mutant = {
  name: 'gap-ignored',
  breaks: 'A gap in the log is ignored: later events are admitted before those that the log has lost.',
  caughtBy: ['outcome', 'order of posts'],
  edits: [
    {
      file: BUILT.shardLog,
      find: "return { kind: 'gap', resumeAt: firstOffset };",
      replace: 'return this.continueWith(records);',
    },
  ],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      const load = { entities: 32, intervalMs: 20 };
      await ownedBy(stage, 2);
      stage.load.start(load);
      await sleep(2_000);
      await Promise.all(stage.dispatchers.map((dispatcher) => dispatcher.stop()));
      await sleep(1_000);
      await stage.load.stop();
      await allRelayed(stage);
      await stage.deleteLog();
      stage.load.start(load);
      await sleep(1_000);
      await Promise.all(stage.dispatchers.map((dispatcher) => dispatcher.start()));
      await sleep(3_000);
    },
  },
};
