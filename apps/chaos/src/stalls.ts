import { ownedBy, SETTINGS, type Scenario, sleep, stallUnderLoad } from './scenario.js';
import type { StallPoint } from './stall-points.js';

/** A process that stands still where it hurts for longer than its lease, and then goes on: nothing is broken, and nothing may be found. */
export interface Stall {
  readonly point: StallPoint;
  /** What the process has in hand when it stands still, and what must become of that. */
  readonly tells: string;
}

/** Before the socket's write; between the fence's commit and its acknowledgement; inside eachBatch. */
export const STALLS: readonly Stall[] = [
  { point: 'before-send', tells: "An attempt is handed to its socket when the lane is another owner's: it may arrive as a late repeat, and as nothing else" },
  { point: 'in-outcome', tells: 'An outcome is committed, and its lane moves on only when it is not ours any more: it must not' },
  { point: 'in-batch', tells: 'Records of Kafka are in hand that the next owner has admitted: they must not be admitted again, nor the cursor go back' },
];

/** Some of the load comes after the thaw, when the process has what it had, and takes its share again. */
export function stallScenario({ point }: Stall): Scenario {
  return {
    ...SETTINGS,
    async play(stage) {
      const first = await stallUnderLoad(stage, point);
      await ownedBy(stage, 1);
      // The new owner has loaded the lanes, and moves them on.
      await sleep(2_000);
      await first.thaw();
      await ownedBy(stage, 2);
      await sleep(1_000);
      await stage.load.stop();
    },
  };
}
