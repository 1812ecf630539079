import type { Mutant } from './mutant.js';
import type { RunResult } from './run.js';

/** The result of a scripted run, and a line for people. */
export interface Verdict {
  readonly passed: boolean;
  readonly line: string;
}

type Ended = Pick<RunResult, 'findings' | 'durationMs'>;

/** Limit of a scripted run, including start and stop. A longer run only gets a remark. */
const LIMIT_MS = 60_000;

/** A mutant passes if one of its rules found it; a control passes without findings. */
export function verdictOf({ name, caughtBy }: Pick<Mutant, 'name' | 'caughtBy'>, control: boolean, ended: Ended): Verdict {
  if (control) return cleanVerdict(name, 'FALSE ALARM', ended);
  const { findings } = ended;
  const by = caughtBy.filter((rule) => findings.some((finding) => finding.startsWith(`${rule}: `)));
  if (by.length > 0) return verdict(true, `CAUGHT by ${by.join(', ')}`, name, ended);
  return verdict(false, findings.length === 0 ? 'SURVIVED' : `SURVIVED, with findings other than ${caughtBy.join(', ')}`, name, ended);
}

/** Passes a run without findings; `failure` names the other result. */
export function cleanVerdict(name: string, failure: string, ended: Ended): Verdict {
  return ended.findings.length === 0 ? verdict(true, 'no findings', name, ended) : verdict(false, failure, name, ended);
}

function verdict(passed: boolean, what: string, name: string, { durationMs }: Ended): Verdict {
  return { passed, line: `${what}: ${name} (${Math.round(durationMs / 1_000)} s${durationMs > LIMIT_MS ? ', more than a minute' : ''})` };
}
