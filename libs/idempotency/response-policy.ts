/** What a route's requests are: a client's own, or webhook deliveries, which their sender repeats until one gets a 2xx. */
export type RouteMode = 'request' | 'webhook';

/** Not yet rather than no: timeout, too early, too many requests. Nothing was done, and asking again is what they ask for. */
const NOT_YET = [408, 425, 429];

/** Whether a response is the request's answer from now on, or one that a retry may improve on. */
export function settledState(status: number, mode: RouteMode): 'completed' | 'failed' {
  if (mode === 'webhook') return status >= 200 && status <= 299 ? 'completed' : 'failed';
  return status >= 500 || NOT_YET.includes(status) ? 'failed' : 'completed';
}

/** Of one connection, not of the message (RFC 9110, 7.6.1), with those that clients still send. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);
/** Between a client and its own proxy (RFC 9110, 11.7): passed on, and not stored (RFC 9111, 3.1). */
const PROXY_ONLY = ['proxy-authenticate', 'proxy-authentication-info', 'proxy-authorization'];
/** A backend that is such a proxy itself says of its answer what we shall say of ours. */
const NOT_KEPT = new Set([...PROXY_ONLY, 'set-cookie', 'idempotent-replayed']);

export type HeaderFields = Readonly<Record<string, string | string[] | undefined>>;

/** The names that end at this hop: the usual ones and those that `Connection` lists. */
export function hopByHopNames(connection: string | readonly string[] | undefined): ReadonlySet<string> {
  if (connection === undefined) return HOP_BY_HOP;
  const listed = [connection].flat().join(',').toLowerCase().split(',').map((name) => name.trim());
  return listed.every((name) => name === '' || name === 'close' || HOP_BY_HOP.has(name)) ? HOP_BY_HOP : new Set([...HOP_BY_HOP, ...listed]);
}

/** A response's headers as they are passed on, names and values in turn. */
export function passedHeaders(headers: HeaderFields): string[] {
  const dropped = hopByHopNames(headers['connection']);
  return Object.entries(headers).flatMap(([name, value]) => (value === undefined || dropped.has(name) ? [] : [value].flat().flatMap((each) => [name, each])));
}

/**
 * A response's headers as they are kept and replayed, by the rules of HTTP caches (RFC 9111, 3.1): all that are passed
 * on, without those of the connection to a proxy; `Date` stays the original one, or is made now (RFC 9110, 6.6.1), and a
 * replay says its `Age`. Without `Set-Cookie`: a session's secret must not lie in a store.
 * @param passed of `passedHeaders`
 */
export function keptHeaders(passed: readonly string[], atMs: number): string[] {
  const kept: string[] = [];
  let dated = false;
  for (let i = 0; i < passed.length; i += 2) {
    const { [i]: name = '', [i + 1]: value = '' } = passed;
    if (NOT_KEPT.has(name)) continue;
    dated ||= name === 'date';
    kept.push(name, value);
  }
  if (!dated) kept.push('date', new Date(atMs).toUTCString());
  return kept;
}
