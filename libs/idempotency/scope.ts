import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Scope {
  readonly tenant: string;
  /** Of `principalOf`. */
  readonly principal: string;
  readonly method: string;
  /** The template of the route, not the path: a key that is reused on another path must get a 422. */
  readonly route: string;
}

/** The principal when nothing distinguishes clients. */
export const ANONYMOUS = '-';

/** The scope of a key as one text. Encoded parts contain no space, so scopes never collide. */
export function scopeOf({ tenant, principal, method, route }: Scope): string {
  return [tenant, principal, method, route].map((part) => encodeURIComponent(part)).join(' ');
}

/** Distinguish clients by default. */
const CREDENTIAL_HEADERS: readonly string[] = ['authorization', 'x-api-key'];

/** The principal of a request, from the values of these headers. */
export function principalIn(headers: IncomingHttpHeaders, names = CREDENTIAL_HEADERS): string {
  return principalOf(names.map((name) => headers[name]?.toString()));
}

/**
 * Identifies the sender of these credentials, so that no client gets the answer of another one. A hash, so that no
 * credential is stored.
 */
export function principalOf(credentials: readonly (string | undefined)[]): string {
  if (credentials.every((credential) => credential === undefined)) return ANONYMOUS;
  return hash('sha256', JSON.stringify(credentials), 'hex').slice(0, 32);
}
