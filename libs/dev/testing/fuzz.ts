import fc from 'fast-check';

/**
 * Searches for an input that makes `holds` throw, with a new seed each time, for at most `mostRuns` inputs or `searchMs`.
 * At its time limit fast-check does not wait for the last run, which would disturb the next test; this function does.
 * @throws Error with the counterexample, its seed and path; for the last run, the error of `holds`
 */
export async function fuzz<Input>(inputs: fc.Arbitrary<Input>, holds: (input: Input) => Promise<void>, { mostRuns, searchMs }: { readonly mostRuns: number; readonly searchMs: number }): Promise<void> {
  const seed = Math.floor(Math.random() * 0x7fffffff);
  // A search that finds nothing prints its seed too, so that it can be repeated.
  process.stderr.write(`fast-check seed ${seed}\n`);
  let running = Promise.resolve();
  const property = fc.asyncProperty(inputs, (input) => (running = holds(input)));
  try {
    await fc.assert(property, { seed, numRuns: mostRuns, interruptAfterTimeLimit: searchMs, ignoreEqualValues: true });
  } finally {
    await Promise.allSettled([running]);
  }
  await running;
}
