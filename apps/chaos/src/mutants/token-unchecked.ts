import { BUILT } from '../built-files.js';
import type { Mutant } from '../mutant.js';
import { allNudged, nth, ownedBy, SETTINGS, sleep, STALL_TIMEOUT_MS } from '../scenario.js';

const TOKENS = BUILT.tokenRedeemer;

/**
 * A dispatcher is killed after sending the tokens of second attempts. The next owner makes these attempts and sends the
 * tokens again; they arrive while heads wait 8 s for their third attempt. Attempt, epoch and due time each show that
 * such a token is stale, so the mutant removes all three checks.
 */
export const tokenUnchecked: Mutant = {
  name: 'token-unchecked',
  breaks: "Neither a retry token's event, attempt and epoch nor the head's due time are checked: a stale token starts an attempt too early.",
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
      await stage.receiver.setMode({ kind: 'rejecting' });
      // The stall must not catch the endpoint's notification, but the first tokens: later ones are 8 s apart.
      await allNudged(stage);
      await first.armStall('relay-sent');
      stage.load.start({ entities: 16, intervalMs: 500 });
      await first.untilStalled(STALL_TIMEOUT_MS);
      await first.kill();
      await stage.load.stop();
      await ownedBy(stage, 1);
      // The new owner makes the second attempts at once; their repeated tokens arrive 1 s later.
      await sleep(5_000);
      await stage.receiver.setMode({ kind: 'ok' });
      await first.start();
    },
  },
};
