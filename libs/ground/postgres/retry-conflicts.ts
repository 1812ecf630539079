import { isConflict } from './sql-errors.js';

/**
 * Sends a statement again that Postgres rolled back because of a concurrent transaction: a deadlock, or a serialization failure.
 * @param conflicts counts each of them
 * @param tries at most
 * @throws the conflict of the last try; any other error at once
 */
export async function retryConflicts<Result>(conflicts: { readonly inc: () => void }, tries: number, statement: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await statement();
    } catch (error) {
      if (!isConflict(error)) throw error;
      conflicts.inc();
      if (attempt === tries) throw error;
    }
  }
}
