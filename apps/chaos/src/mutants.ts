import type { RunPlan } from './run-plan.js';

/** What a mutant's run does otherwise than the base run. @throws Error when there is no such mutant */
export function prepareMutant(name: string): Promise<Partial<RunPlan>> {
  // Replaced by the mutants.
  return Promise.reject(new Error(`There is no mutant ${name}`));
}
