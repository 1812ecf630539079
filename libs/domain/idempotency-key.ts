import { createHash } from 'node:crypto';
import { LockstepError } from './problem.js';

/** A structured-field string (RFC 9651, 3.3.3): printable ASCII between quotes, with `\"` and `\\`. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** A bare value, as most clients send it: printable ASCII without space, quote and comma. */
const BARE = /^[\x21\x23-\x2b\x2d-\x7e]+$/;
const LONGEST = 255;

/**
 * The key in an `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header: a quoted string; a bare token is
 * taken too). Several headers arrive joined by commas, which neither form lets through.
 * @param name of the header, for the error
 * @throws LockstepError invalid_idempotency_key
 */
export function parseKeyHeader(header: string, name = 'Idempotency-Key'): string {
  const quoted = QUOTED.exec(header)?.[1];
  const key = quoted === undefined ? header : quoted.replaceAll(/\\(["\\])/g, '$1');
  if (quoted === undefined && !BARE.test(header)) {
    throw invalidKey(name, 'must be one quoted string such as "order-17", or a value without spaces, quotes and commas');
  }
  return checkedLength(key, name);
}

/**
 * The key in the body's `idempotencyKey`.
 * @throws LockstepError invalid_idempotency_key
 */
export function parseKeyMember(value: unknown): string {
  if (typeof value !== 'string' || /\p{Cc}/u.test(value) || !value.isWellFormed()) {
    throw invalidKey('/idempotencyKey', 'must be a string of printable characters');
  }
  return checkedLength(value, '/idempotencyKey');
}

/**
 * The key for an id that another system gave an event: the id, or `sha256:` and its hash if it has more than 255 characters,
 * because only whether keys are equal matters.
 */
export function keyOfId(id: string): string {
  return isShort(id) ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}

function checkedLength(key: string, path: string): string {
  if (key === '' || !isShort(key)) throw invalidKey(path, `must be 1 to ${LONGEST} characters long`);
  return key;
}

/** In characters, which are counted only if the number of UTF-16 units exceeds the limit. */
function isShort(key: string): boolean {
  return key.length <= LONGEST || [...key].length <= LONGEST;
}

function invalidKey(path: string, message: string): LockstepError {
  return new LockstepError('invalid_idempotency_key', `${path} ${message}`, { errors: [{ path, message }] });
}
