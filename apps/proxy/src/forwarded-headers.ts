import { hopByHopNames } from '#idempotency/response-policy';

export interface ForwardedRequest {
  /** Names and values, alternating, as the client wrote them. */
  readonly rawHeaders: readonly string[];
  readonly connection: string | undefined;
  readonly host: string | undefined;
  /** As a proxy in front of us set them. */
  readonly forwardedFor: string | undefined;
  readonly forwardedHost: string | undefined;
  readonly forwardedProto: string | undefined;
  readonly remoteAddress: string | undefined;
}

/** Replaced by our own, or valid only between client and proxy. Our server has answered `expect`. */
const REPLACED = new Set(['host', 'content-length', 'expect', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);

/** The headers for the backend (RFC 9110, 7.6), names and values, alternating. The HTTP client sets Host and the length. */
export function forwardedHeaders(request: ForwardedRequest): string[] {
  const { rawHeaders, connection, host, forwardedFor, forwardedHost = host, forwardedProto = 'http', remoteAddress } = request;
  const dropped = hopByHopNames(connection);
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const { [i]: name = '', [i + 1]: value = '' } = rawHeaders;
    const lower = name.toLowerCase();
    if (!dropped.has(lower) && !REPLACED.has(lower)) headers.push(name, value);
  }
  const chain = [forwardedFor, remoteAddress].filter((part) => part !== undefined && part !== '').join(', ');
  if (chain !== '') headers.push('x-forwarded-for', chain);
  if (forwardedHost !== undefined) headers.push('x-forwarded-host', forwardedHost);
  headers.push('x-forwarded-proto', forwardedProto, 'via', '1.1 lockstep');
  return headers;
}
