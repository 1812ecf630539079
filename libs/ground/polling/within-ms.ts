/**
 * The result of work, or undefined when it takes longer than this. Late work goes on, and nobody hears of its error.
 * @throws what the work throws in time
 */
export async function withinMs<Result>(limitMs: number, work: Promise<Result> | undefined): Promise<Result | undefined> {
  const { promise: limit, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), limitMs);
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
