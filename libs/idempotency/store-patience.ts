/** So long a client waits for what became of its request to be stored; it is stored all the same when the store is there again. */
const STORE_PATIENCE_MS = 2_000;

/** What it gives, or `late` when the store is away: whoever waits is answered then, and storing goes on. */
export async function inTime<Result>(stored: Promise<Result>): Promise<Result | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), STORE_PATIENCE_MS);
  });
  try {
    // The service has logged why.
    return await Promise.race([stored.catch((): 'late' => 'late'), late]);
  } finally {
    clearTimeout(timer);
  }
}
