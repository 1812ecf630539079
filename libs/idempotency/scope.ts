import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Scope {
  readonly tenant: string;
  /** Of `principalOf`. */
  readonly principal: string;
  readonly method: string;
  /** The route's template or name, not the path: a key that comes back on another path is a mistake worth a 422. */
  readonly route: string;
}

/** Who asks, when nothing tells one client from another. */
export const ANYBODY = '-';

/** Within which a key is one key, as one text: no part can hold the space between them. */
export function scopeOf({ tenant, principal, method, route }: Scope): string {
  return [tenant, principal, method, route].map((part) => encodeURIComponent(part)).join(' ');
}

/** By these a client is known where nothing else is said. */
const CREDENTIAL_HEADERS: readonly string[] = ['authorization', 'x-api-key'];

/** Of a request, by the values of these headers of it. */
export function principalIn(headers: IncomingHttpHeaders, names = CREDENTIAL_HEADERS): string {
  return principalOf(names.map((name) => headers[name]?.toString()));
}

/**
 * Stands for whoever sent these credentials: one client's key must never give it another one's answer. A hash, so that
 * no credential is stored.
 */
export function principalOf(credentials: readonly (string | undefined)[]): string {
  if (credentials.every((credential) => credential === undefined)) return ANYBODY;
  return hash('sha256', JSON.stringify(credentials), 'hex').slice(0, 32);
}
