import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { allNudged, nth, ownedBy, SETTINGS, sleep, STALL_TIMEOUT_MS } from '../scenario.js';

const TOKENS = BUILT.tokenRedeemer;

/**
 * A dispatcher is killed after its relay sent the tokens of every head's second attempt, and before it removed them: the
 * next owner makes that attempt as soon as it has the lanes, fails again, and sends the tokens once more. They come due
 * while the heads wait 8 s for their third attempt. Such a token is for another attempt and another epoch, and the head
 * isn't due: each of these three alone keeps it from starting anything, so they are one protection.
 */
export const tokenUnchecked: Mutant = {
  name: 'token-unchecked',
  breaks: "Neither a retry token's event, attempt and epoch nor the head's own time are checked: a stale token starts an attempt before its delay.",
  caughtBy: ['retry'],
  edits: [
    { file: TOKENS, find: " || lanes.lease.epoch !== token.epoch || record.lane.phase !== 'waiting'", replace: " || record.lane.phase !== 'waiting'" },
    { file: TOKENS, find: 'if (record.waitingFor !== token.delivery.eventId || record.lane.attempts + 1 !== token.attempt)', replace: 'if (false)' },
    { file: TOKENS, find: 'if (remainingMs > 0)\n            this.runner.wakeAfter', replace: 'if (false)\n            this.runner.wakeAfter' },
    { file: BUILT.laneRunner, find: 'if (earlyMs > EARLY_MS)', replace: 'if (false)' },
  ],
  scenario: {
    ...SETTINGS,
    retryScheduleMs: [1_000, 8_000, 8_000, 8_000],
    async play(stage) {
      const first = nth(stage.dispatchers, 0);
      await ownedBy(stage, 2);
      await stage.receiver.mode({ kind: 'failing' });
      // Not with the news of the endpoint in hand; and before the first tokens: those of later attempts are 8 s apart.
      await allNudged(stage);
      await first.armStall('relay-sent');
      stage.load.start({ entities: 16, intervalMs: 500 });
      await first.untilStalled(STALL_TIMEOUT_MS);
      await first.kill();
      await stage.load.stop();
      await ownedBy(stage, 1);
      // The second attempts, at once, and their repeated tokens 1 s later.
      await sleep(5_000);
      await stage.receiver.mode({ kind: 'ok' });
      await first.start();
    },
  },
};
