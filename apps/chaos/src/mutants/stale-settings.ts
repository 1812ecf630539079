import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { ownedBy, SETTINGS, sleep } from '../scenario.js';

/**
 * An admission and a load of lanes tell the directory which version of each endpoint their deliveries need. The mutant's
 * directory does not listen, so events that are posted after a change go to the old URL until the next read. Nudges in
 * Kafka would often cause that read in time, but they may get lost; the mutant loses all of them.
 */
export const staleSettings: Mutant = {
  name: 'stale-settings',
  breaks: 'The directory of endpoints is not told which versions admitted deliveries need: events go to the URL from before a change that was answered.',
  caughtBy: ['settings'],
  edits: [
    { file: BUILT.endpointDirectory, find: 'requireVersion(id, version) {', replace: 'requireVersion(id, version) {\n        return;' },
    { file: BUILT.controlTopic, find: 'this.endpoints.nudge();', replace: '' },
  ],
  scenario: {
    ...SETTINGS,
    async play(stage) {
      await ownedBy(stage, 2);
      stage.load.start({ entities: 16, intervalMs: 100 });
      await sleep(1_000);
      for (let i = 0; i < 10; i++) {
        await stage.changeUrl();
        await sleep(700);
      }
    },
  },
};
