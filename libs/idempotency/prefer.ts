/** The longest wait for the answer of another request. Longer wishes are cut to it. */
const LONGEST_WAIT_MS = 60_000;
/** RFC 7240, 4.3, among other preferences. */
const WAIT = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i;

/** How long a request with this `Prefer` header wants to wait for its answer, in milliseconds. */
export function preferredWaitMs(prefer: string | readonly string[] | undefined): number {
  const seconds = WAIT.exec([prefer ?? ''].flat().join(','))?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds) * 1_000, LONGEST_WAIT_MS);
}
