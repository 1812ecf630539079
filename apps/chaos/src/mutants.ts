import type { Mutant } from './mutant.js';
import { cursorFirst } from './mutants/cursor-first.js';
import { drainSkipped } from './mutants/drain-skipped.js';
import { gapIgnored } from './mutants/gap-ignored.js';
import { grantUnbounded } from './mutants/grant-unbounded.js';
import { inboxWithoutKey } from './mutants/inbox-without-key.js';
import { noAdmissionFence } from './mutants/no-admission-fence.js';
import { noFence } from './mutants/no-fence.js';
import { outcomeNotAwaited } from './mutants/outcome-not-awaited.js';
import { positionUnchecked } from './mutants/position-unchecked.js';
import { randomPartition } from './mutants/random-partition.js';
import { relayAfterLast } from './mutants/relay-after-last.js';
import { relayDeletesFirst } from './mutants/relay-deletes-first.js';
import { repeatsNotFolded } from './mutants/repeats-not-folded.js';
import { sendsAfterDeadline } from './mutants/sends-after-deadline.js';
import { staleSettings } from './mutants/stale-settings.js';
import { switchApart } from './mutants/switch-apart.js';
import { tokenUnchecked } from './mutants/token-unchecked.js';

/** One mutant for each protection behind guarantees 1 to 3, and behind what an endpoint's settings promise. They show that the checker finds what it should. */
export const MUTANTS: readonly Mutant[] = [
  cursorFirst, noFence, noAdmissionFence, randomPartition, inboxWithoutKey, repeatsNotFolded, outcomeNotAwaited,
  tokenUnchecked, relayAfterLast, relayDeletesFirst, sendsAfterDeadline, drainSkipped, gapIgnored, staleSettings,
  positionUnchecked, switchApart, grantUnbounded,
];

/**
 * The mutant with this name, or all mutants for `all`.
 * @throws Error that lists the names
 */
export function mutantsNamed(name: string): readonly Mutant[] {
  const found = name === 'all' ? MUTANTS : MUTANTS.filter((mutant) => mutant.name === name);
  if (found.length === 0) throw new Error(`--mutant ${name} is not one of all, ${MUTANTS.map((mutant) => mutant.name).join(', ')}`);
  return found;
}
