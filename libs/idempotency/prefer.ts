/** A client may wait this long for somebody else's answer, in milliseconds; more is taken for this. */
const LONGEST_WAIT_MS = 60_000;
/** RFC 7240, 4.3; several preferences stand one after the other. */
const WAIT = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i;

/** How long a request with this `Prefer` header likes to wait for its answer, in milliseconds. */
export function preferredWaitMs(prefer: string | readonly string[] | undefined): number {
  const seconds = WAIT.exec([prefer ?? ''].flat().join(','))?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds) * 1_000, LONGEST_WAIT_MS);
}
