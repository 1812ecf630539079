import type { IncomingHttpHeaders } from 'node:http';
import { parseKeyHeader } from '#domain/idempotency-key';

/** A header that may carry a key: its name in Node, and its name in problem documents. */
export type KeyHeader = readonly [name: string, title: string];

/** For a client's own requests, in order of precedence. */
export const REQUEST_KEY_HEADERS: readonly KeyHeader[] = [['idempotency-key', 'Idempotency-Key'], ['x-idempotency-key', 'X-Idempotency-Key']];

/** The key in the first of these headers that the request has. @throws LockstepError invalid_idempotency_key */
export function keyIn(headers: IncomingHttpHeaders, names: readonly KeyHeader[]): string | undefined {
  for (const [name, title] of names) {
    const value = headers[name];
    if (value !== undefined) return parseKeyHeader(String(value), title);
  }
  return undefined;
}
