import { hash } from 'node:crypto';

export interface FingerprintedRequest {
  readonly method: string;
  /** Path and query as the client wrote them. */
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/**
 * SHA-256 of method, path, query sorted by name, content type and body. Requests with the same key and fingerprint are
 * the same request. Each part is preceded by its length, so that different requests never give the same bytes.
 * The content type counts, because it decides what the body means to a handler (unlike at ingest, which takes JSON only).
 */
export function fingerprintOf({ method, url, contentType, body }: FingerprintedRequest): Buffer {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const query = at < 0 ? '' : sortedQuery(url.slice(at + 1));
  const head = [method, path, query, contentType?.trim() ?? ''].map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  return hash('sha256', Buffer.concat([Buffer.from(head), body]), 'buffer');
}

/** By name only: the order of values of one name may matter (`sort=a&sort=b`). */
function sortedQuery(query: string): string {
  if (!query.includes('&')) return query;
  return query
    .split('&')
    .map((pair) => ({ pair, name: pair.split('=', 1)[0] ?? '' }))
    .sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
    .map(({ pair }) => pair)
    .join('&');
}
