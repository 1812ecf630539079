import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

/** How an endpoint's requests are signed: v1 is HMAC-SHA-256 with a shared secret, v1a is ed25519 with a private key. */
export type SignatureScheme = 'v1' | 'v1a';

const SHARED = 'whsec_';
const PRIVATE = 'whsk_';
const PUBLIC = 'whpk_';

const SHARED_BYTES = 32;
const SEED_BYTES = 32;
const PUBLIC_BYTES = 32;
/** PrivateKeyInfo of an ed25519 seed (RFC 8410, 7), up to its bytes. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const GROUP = '[A-Za-z0-9+/]{4}';
/** The last group of base64 for one and for two bytes. Its unused bits are 0, so that a key has one spelling. */
const ONE_MORE = '[A-Za-z0-9+/][AQgw]==';
const TWO_MORE = '[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=';

/** `whsec_` and 24 to 64 bytes in base64: Standard Webhooks' bounds. */
const SHARED_PATTERN = `${SHARED}(?:(?:${GROUP}){8,20}(?:${ONE_MORE}|${TWO_MORE})?|(?:${GROUP}){21}(?:${ONE_MORE})?)`;
/** `whsk_` and the seed of an ed25519 key (32 bytes), or the seed and its public key (64 bytes). */
const PRIVATE_PATTERN = `${PRIVATE}(?:(?:${GROUP}){10}${TWO_MORE}|(?:${GROUP}){21}${ONE_MORE})`;

const PATTERNS: Readonly<Record<SignatureScheme, RegExp>> = { v1: new RegExp(`^${SHARED_PATTERN}$`), v1a: new RegExp(`^${PRIVATE_PATTERN}$`) };

/** Matches the secrets of both schemes. */
export const SIGNING_SECRET = new RegExp(`^(?:${SHARED_PATTERN}|${PRIVATE_PATTERN})$`);

const RULES: Readonly<Record<SignatureScheme, string>> = {
  v1: 'must be whsec_ and the base64 of 24 to 64 bytes, since the endpoint signs v1',
  v1a: 'must be whsk_ and the base64 of an ed25519 seed (32 bytes) or of seed and public key (64 bytes), since the endpoint signs v1a',
};

/** A random secret: 32 bytes for v1; seed and public key for v1a, which all libraries read. */
export function newSigningSecret(scheme: SignatureScheme): string {
  if (scheme === 'v1') return `${SHARED}${randomBytes(SHARED_BYTES).toString('base64')}`;
  const seed = randomBytes(SEED_BYTES);
  return `${PRIVATE}${Buffer.concat([seed, publicBytesOf(privateKeyOf(seed))]).toString('base64')}`;
}

/** Why the text can't be a secret of this scheme, or undefined if it can. */
export function signingSecretProblem(secret: string, scheme: SignatureScheme): string | undefined {
  if (!PATTERNS[scheme].test(secret)) return RULES[scheme];
  if (scheme === 'v1') return undefined;
  const bytes = bytesOf(secret);
  const isWhole = bytes.length === SEED_BYTES || publicBytesOf(privateKeyOf(bytes)).equals(bytes.subarray(SEED_BYTES));
  return isWhole ? undefined : 'must have the public key of its seed in its last 32 bytes';
}

/** The key that signs with a stored secret: a shared one for `whsec_…`, a private one for `whsk_…`. */
export function signingKeyOf(secret: string): KeyObject {
  return secret.startsWith(PRIVATE) ? privateKeyOf(bytesOf(secret)) : createSecretKey(bytesOf(secret));
}

/** The public key that verifies v1a (`whpk_…`); null for a secret of v1, which has none. */
export function publicKeyOf(secret: string): string | null {
  return secret.startsWith(PRIVATE) ? `${PUBLIC}${publicBytesOf(privateKeyOf(bytesOf(secret))).toString('base64')}` : null;
}

/** The scheme of an endpoint, by the public key of its newest secret. */
export function schemeOf(publicKey: string | null): SignatureScheme {
  return publicKey === null ? 'v1' : 'v1a';
}

/** @param bytes that begin with the seed */
function privateKeyOf(bytes: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, bytes.subarray(0, SEED_BYTES)]), format: 'der', type: 'pkcs8' });
}

function publicBytesOf(privateKey: KeyObject): Buffer {
  // The end of SubjectPublicKeyInfo (RFC 8410, 4).
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-PUBLIC_BYTES);
}

function bytesOf(secret: string): Buffer {
  return Buffer.from(secret.slice(secret.indexOf('_') + 1), 'base64');
}
