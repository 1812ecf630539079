/** RFC 9110, 5.6.2 and 5.5. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
export const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

/** Headers of the connection or the framing (RFC 9110, 7.6.1), and those that Lockstep sets. */
const RESERVED = new Set([
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade',
  'host', 'content-length', 'content-type', 'expect', 'user-agent', 'traceparent', 'tracestate',
]);
const RESERVED_PREFIXES = ['webhook-', 'lockstep-'];

/** Why a delivery can't have a further header of this name, or undefined if it can. */
export function headerNameProblem(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (!NAME.test(name)) return 'is not a header name';
  return RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix)) ? 'is set by Lockstep or by HTTP itself' : undefined;
}
