import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { killAt, nth, ownedBy, SETTINGS, sleep } from '../scenario.js';
import { stallCode } from '../stall-points.js';

const AT = stallCode('relay-read');

/** The relay is killed between reading and sending rows. They remain in the outbox for the next relay; the mutant has lost them. */
export const relayDeletesFirst: Mutant = {
  name: 'relay-deletes-first',
  breaks: "The relay removes rows before Kafka has acknowledged them: after a crash they are not in Kafka, and later events of their entities overtake them.",
  caughtBy: ['outcome', 'order of posts'],
  edits: [{ file: BUILT.relay, find: AT, replace: `await this.options.source.next([], rows);\n        ${AT}` }],
  scenario: {
    ...SETTINGS,
    gateways: 2,
    async play(stage) {
      await ownedBy(stage, 2);
      stage.load.start({ entities: 64, intervalMs: 10 });
      await sleep(2_000);
      const gateway = nth(stage.gateways, 0);
      await killAt(gateway, 'relay-read');
      await sleep(4_000);
      await gateway.start();
    },
  },
};
