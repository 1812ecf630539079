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

function checkedLength(key: string, path: string): string {
  // In characters, which are counted only if the number of UTF-16 units exceeds the limit.
  if (key === '' || (key.length > LONGEST && [...key].length > LONGEST)) throw invalidKey(path, `must be 1 to ${LONGEST} characters long`);
  return key;
}

function invalidKey(path: string, message: string): LockstepError {
  return new LockstepError('invalid_idempotency_key', `${path} ${message}`, { errors: [{ path, message }] });
}
