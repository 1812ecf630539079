import type { Mutant } from './mutant.js';
import type { RunResult } from './run.js';

/** A mutant's run, with its start and its end. */
const LIMIT_MS = 60_000;

/** Whether a mutant's run ended as it must, and a line that says so: caught by what is to catch it; its control quiet. */
export function verdictOf({ name, caughtBy }: Pick<Mutant, 'name' | 'caughtBy'>, control: boolean, { findings, durationMs }: Pick<RunResult, 'findings' | 'durationMs'>): { passed: boolean; line: string } {
  const seconds = `${Math.round(durationMs / 1_000)} s${durationMs > LIMIT_MS ? ', more than a minute' : ''}`;
  const verdict = (passed: boolean, what: string): { passed: boolean; line: string } => ({ passed, line: `${what}: ${name} (${seconds})` });
  if (control) return findings.length === 0 ? verdict(true, 'quiet') : verdict(false, 'FALSE ALARM');
  const by = caughtBy.filter((rule) => findings.some((finding) => finding.startsWith(`${rule}: `)));
  if (by.length > 0) return verdict(true, `CAUGHT by ${by.join(', ')}`);
  return verdict(false, findings.length === 0 ? 'SURVIVED' : `SURVIVED, with findings other than ${caughtBy.join(', ')}`);
}
