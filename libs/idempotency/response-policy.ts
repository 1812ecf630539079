/** The kind of a route's requests: a client's own, or webhook deliveries, which the sender repeats until it gets a 2xx. */
export type RouteMode = 'request' | 'webhook';

/** Timeout, too early, too many requests: the request was not carried out, and the client should retry. */
const NOT_YET = [408, 425, 429];

/** Whether a response is the final answer of its request, or the client may try again. */
export function settledState(status: number, mode: RouteMode): 'completed' | 'failed' {
  if (mode === 'webhook') return status >= 200 && status <= 299 ? 'completed' : 'failed';
  return status >= 500 || NOT_YET.includes(status) ? 'failed' : 'completed';
}

/** Headers of a single connection (RFC 9110, 7.6.1), and older ones that clients still send. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);
/** Between a client and its own proxy (RFC 9110, 11.7): passed on, but not stored (RFC 9111, 3.1). */
const PROXY_ONLY = ['proxy-authenticate', 'proxy-authentication-info', 'proxy-authorization'];
/** `idempotent-replayed`: a backend that replays answers itself must not mark ours. */
const NOT_KEPT = new Set([...PROXY_ONLY, 'set-cookie', 'idempotent-replayed']);

export type HeaderFields = Readonly<Record<string, string | string[] | undefined>>;

/** The headers that are not passed on: the usual ones and those that `Connection` lists. */
export function hopByHopNames(connection: string | readonly string[] | undefined): ReadonlySet<string> {
  if (connection === undefined) return HOP_BY_HOP;
  const listed = [connection].flat().join(',').toLowerCase().split(',').map((name) => name.trim());
  return listed.every((name) => name === '' || name === 'close' || HOP_BY_HOP.has(name)) ? HOP_BY_HOP : new Set([...HOP_BY_HOP, ...listed]);
}

/** The headers of a response as they are passed on; names and values, alternating. */
export function passedHeaders(headers: HeaderFields): string[] {
  const dropped = hopByHopNames(headers['connection']);
  return Object.entries(headers).flatMap(([name, value]) => (value === undefined || dropped.has(name) ? [] : [value].flat().flatMap((each) => [name, each])));
}

/**
 * The headers of a response as they are stored, by the rules of HTTP caches (RFC 9111, 3.1): those that are passed on,
 * except proxy authentication. A missing `Date` is added (RFC 9110, 6.6.1). `Set-Cookie` is dropped, because the store
 * must not hold session secrets.
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
