import { createHmac, timingSafeEqual } from 'node:crypto';
import { SignatureError } from './webhook-provider.js';

export type HmacAlgorithm = 'sha1' | 'sha256' | 'sha512';
export type SignatureEncoding = 'hex' | 'base64';

/** Stripe, Slack and Standard Webhooks recommend it. */
export const USUAL_TOLERANCE_MS = 300_000;

const HEX = /^(?:[0-9a-f]{2})+$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The HMAC of the parts, joined. */
export function hmacOf(algorithm: HmacAlgorithm, secret: string | Buffer, parts: readonly (string | Buffer)[]): Buffer {
  const hmac = createHmac(algorithm, secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether they are equal, in time that depends on their lengths only. */
export function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The bytes of a signature; undefined for a text that is not in this encoding, of which Node would decode a part. */
export function decodedSignature(text: string, encoding: SignatureEncoding): Buffer | undefined {
  if (text === '' || !(encoding === 'hex' ? HEX : BASE64).test(text)) return undefined;
  return Buffer.from(text, encoding);
}

/**
 * Checks the signatures against what each secret gives. Every secret is tried, whichever matches.
 * @param given undefined where a signature was not in the right encoding
 * @throws SignatureError
 */
export function mustMatch(given: readonly (Buffer | undefined)[], secrets: readonly string[], expectedBy: (secret: string) => Buffer): void {
  const wellFormed = given.filter((signature) => signature !== undefined);
  if (given.length === 0) throw new SignatureError('missing');
  if (wellFormed.length === 0) throw new SignatureError('malformed');
  let matches = false;
  for (const secret of secrets) {
    const expected = expectedBy(secret);
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
