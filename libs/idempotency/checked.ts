import { toLockstepError } from '#ground/http/problem';
import { checkFailures, checkSeconds } from './idempotency.metrics.js';

/** Measures the check of a request's key, and counts one that fails. */
export async function checked<Outcome>(check: () => Promise<Outcome>): Promise<Outcome> {
  const startedAtMs = performance.now();
  try {
    const outcome = await check();
    checkSeconds.observe((performance.now() - startedAtMs) / 1_000);
    return outcome;
  } catch (error) {
    const { code } = toLockstepError(error);
    checkFailures.inc({ reason: code === 'store_unavailable' || code === 'overloaded' ? code : 'internal' });
    throw error;
  }
}
