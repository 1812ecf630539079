import type { RuleName } from './checker.js';
import type { Scenario } from './scenario.js';
import type { Edit } from './test-build.js';

/** A broken protection, and a scenario in which the effect shows from outside. Without the edits the scenario has no findings. */
export interface Mutant {
  /** Value of `--mutant`. */
  readonly name: string;
  /** The missing protection and its visible effect. */
  readonly breaks: string;
  /** The rules that the mutant breaks. It is caught if one of them has a finding; other findings do not count. */
  readonly caughtBy: readonly RuleName[];
  /** Applied after the edits of the stall points. */
  readonly edits: readonly Edit[];
  readonly scenario: Scenario;
}
