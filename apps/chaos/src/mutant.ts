import type { RuleName } from './checker.js';
import type { Scenario } from './scenario.js';
import type { Edit } from './test-build.js';

/** One protection broken, and a scenario in which that shows from outside. The same scenario passes without the edits. */
export interface Mutant {
  /** As `--mutant` takes it. */
  readonly name: string;
  /** Which protection is gone, and how that shows. */
  readonly breaks: string;
  /** The rules that it breaks: a finding of one of them must be there. What else is found is not its sign. */
  readonly caughtBy: readonly RuleName[];
  /** Made after those of the stall points. */
  readonly edits: readonly Edit[];
  readonly scenario: Scenario;
}
