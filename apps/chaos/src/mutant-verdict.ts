import type { Mutant } from './mutant.js';
import type { RunResult } from './run.js';

/** How a scripted run ended: whether as it must, and a line that says so. */
export interface Verdict {
  readonly passed: boolean;
  readonly line: string;
}

type Ended = Pick<RunResult, 'findings' | 'durationMs'>;

/** A scripted run, with its start and its end. */
const LIMIT_MS = 60_000;

/** A mutant is caught by what is to catch it; its control is quiet. */
export function verdictOf({ name, caughtBy }: Pick<Mutant, 'name' | 'caughtBy'>, control: boolean, ended: Ended): Verdict {
  if (control) return quietVerdict(name, 'FALSE ALARM', ended);
  const { findings } = ended;
  const by = caughtBy.filter((rule) => findings.some((finding) => finding.startsWith(`${rule}: `)));
  if (by.length > 0) return verdict(true, `CAUGHT by ${by.join(', ')}`, name, ended);
  return verdict(false, findings.length === 0 ? 'SURVIVED' : `SURVIVED, with findings other than ${caughtBy.join(', ')}`, name, ended);
}

/** Where nothing is broken, nothing may be found; `otherwise` is what it is called when something was. */
export function quietVerdict(name: string, otherwise: string, ended: Ended): Verdict {
  return ended.findings.length === 0 ? verdict(true, 'quiet', name, ended) : verdict(false, otherwise, name, ended);
}

function verdict(passed: boolean, what: string, name: string, { durationMs }: Ended): Verdict {
  return { passed, line: `${what}: ${name} (${Math.round(durationMs / 1_000)} s${durationMs > LIMIT_MS ? ', more than a minute' : ''})` };
}
