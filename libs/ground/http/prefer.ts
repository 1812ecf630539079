/** The longest wait for the answer of another request. */
const LONGEST_WAIT_MS = 60_000;
/** RFC 7240, 4.3, among other preferences. */
const WAIT = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i;

/**
 * How long a request with this `Prefer` header wants to wait for its answer, in milliseconds; 0 if it does not say.
 * @param longestMs longer wishes are cut to it
 */
export function preferredWaitMs(prefer: string | readonly string[] | undefined, longestMs = LONGEST_WAIT_MS): number {
  const seconds = WAIT.exec([prefer ?? ''].flat().join(','))?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds) * 1_000, longestMs);
}
