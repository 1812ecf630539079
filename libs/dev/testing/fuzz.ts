import fc from 'fast-check';

/**
 * Looks for an input for which `holds` throws, from another seed each time, until `mostRuns` inputs were tried or
 * `searchMs` have passed. When it returns, nothing of it is running any more: fast-check goes on without the run that
 * its time limit meets, which would then disturb the next test.
 * @throws Error with the counterexample, its seed and path; of the run that the time limit met, as `holds` threw it
 */
export async function fuzz<Input>(inputs: fc.Arbitrary<Input>, holds: (input: Input) => Promise<void>, { mostRuns, searchMs }: { readonly mostRuns: number; readonly searchMs: number }): Promise<void> {
  const seed = Math.floor(Math.random() * 0x7fffffff);
  // Also of a search that finds nothing: the next one looks elsewhere.
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
