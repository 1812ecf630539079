import { hash, randomBytes } from 'node:crypto';

/** An API key when it is made: only its prefix and its hash are stored. */
export interface MintedKey {
  readonly key: string;
  readonly prefix: string;
  readonly hash: Buffer;
}

const START = 'lsk_';
/** 72 bits for the prefix, so that two keys never share one, and 216 bits that nobody can guess. */
const RANDOM_BYTES = 36;
const PREFIX_LENGTH = START.length + 12;
const KEY_LENGTH = START.length + 48;

/** A new API key: `lsk_` and 48 characters of base64url, of which the first 12 belong to the prefix. */
export function mintApiKey(): MintedKey {
  const key = START + randomBytes(RANDOM_BYTES).toString('base64url');
  return { key, prefix: key.slice(0, PREFIX_LENGTH), hash: keyHash(key) };
}

/** The prefix by which an API key is found; undefined for a text that cannot be one. */
export function prefixOf(key: string): string | undefined {
  return key.length === KEY_LENGTH && key.startsWith(START) ? key.slice(0, PREFIX_LENGTH) : undefined;
}

/** SHA-256 of a key. Only hashes are stored and compared. */
export function keyHash(key: string | Buffer): Buffer {
  return hash('sha256', key, 'buffer');
}
