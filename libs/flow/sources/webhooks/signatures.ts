import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { SignatureError } from './webhook-provider.js';

export type HmacAlgorithm = 'sha1' | 'sha256' | 'sha512';
export type SignatureEncoding = 'hex' | 'base64';

/** A header has one signature for each live secret, and a time. More items cost CPU before a request is known to be genuine. */
export const MOST_ITEMS = 16;

/** Stripe, Slack and Standard Webhooks recommend it. */
export const USUAL_TOLERANCE_MS = 300_000;

/** Until the year 33658. With more digits, it is a number of something smaller. */
const SECONDS = /^\d{1,12}$/;

/** The HMAC of the parts, joined. */
export function hmacOf(algorithm: HmacAlgorithm, secret: string | Buffer | KeyObject, parts: readonly (string | Buffer)[]): Buffer {
  const hmac = createHmac(algorithm, secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether they are equal, in time that depends on their lengths only. */
export function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * The bytes of a signature. Undefined for any text but the one that an encoder writes: of others Node decodes a part, and
 * several texts would be one signature.
 * @param text hex has lower-case letters
 */
export function decodedSignature(text: string, encoding: SignatureEncoding): Buffer | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.length > 0 && bytes.toString(encoding) === text ? bytes : undefined;
}

/**
 * The value of a header.
 * @param name in lower case
 * @throws SignatureError missing
 */
export function mustHave(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  if (typeof value !== 'string' || value === '') throw new SignatureError('missing');
  return value;
}

/**
 * Milliseconds since 1970 of a text with whole seconds.
 * @throws SignatureError malformed
 */
export function secondsToMs(text: string): number {
  if (!SECONDS.test(text)) throw new SignatureError('malformed');
  return Number(text) * 1_000;
}

/**
 * Checks the signatures against what each secret gives. Every secret is tried, whichever matches.
 * @param given undefined where a signature was not in the right encoding
 * @param expectedBy undefined for a secret that is not in the right encoding
 * @throws SignatureError
 */
export function mustMatch(given: readonly (Buffer | undefined)[], secrets: readonly string[], expectedBy: (secret: string) => Buffer | undefined): void {
  const wellFormed = given.filter((signature) => signature !== undefined);
  if (given.length === 0) throw new SignatureError('missing');
  if (wellFormed.length === 0) throw new SignatureError('malformed');
  let matches = false;
  for (const secret of secrets) {
    const expected = expectedBy(secret);
    if (expected === undefined) continue;
    for (const signature of wellFormed) matches = isSame(signature, expected) || matches;
  }
  if (!matches) throw new SignatureError('mismatch');
}

/**
 * Checks that a signed time is near the time of receipt, in either direction. Call it after the signature was checked.
 * @throws SignatureError
 */
export function mustBeFresh(signedAtMs: number, receivedAtMs: number, toleranceMs: number): void {
  if (!Number.isFinite(signedAtMs)) throw new SignatureError('malformed');
  if (Math.abs(receivedAtMs - signedAtMs) > toleranceMs) throw new SignatureError('expired');
}
