import { ownedBy, SETTINGS, type Scenario, sleep, stallUnderLoad } from './scenario.js';
import type { StallPoint } from './stall-points.js';

/** A dispatcher of the correct system freezes at a point for longer than its lease. Any finding is a failure. */
export interface Stall {
  readonly point: StallPoint;
  /** The state at the freeze, and what must follow. */
  readonly expectation: string;
}

export const STALLS: readonly Stall[] = [
  { point: 'before-send', expectation: 'It sends an attempt after another dispatcher took the lane: the attempt may only arrive as a late repeat' },
  { point: 'in-outcome', expectation: 'It learns that an outcome is committed after another dispatcher took the lane: it must not send the next event' },
  { point: 'in-batch', expectation: 'It holds records that the next owner has admitted: it must not admit them again or move the cursor back' },
];

/** The load continues after the thaw, while the process uses its stale state and then owns shards again. */
export function stallScenario({ point }: Stall): Scenario {
  return {
    ...SETTINGS,
    async play(stage) {
      const first = await stallUnderLoad(stage, point);
      await ownedBy(stage, 1);
      // The new owner loads the lanes and delivers.
      await sleep(2_000);
      await first.thaw();
      await ownedBy(stage, 2);
      await sleep(1_000);
      await stage.load.stop();
    },
  };
}
