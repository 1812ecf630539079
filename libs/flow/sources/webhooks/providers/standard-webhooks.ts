import { createPublicKey, createSecretKey, verify, type KeyObject } from 'node:crypto';
import { decodedSignature, hmacOf, isSame, MOST_ITEMS, mustBeFresh, mustHave, secondsToMs, USUAL_TOLERANCE_MS } from '../signatures.js';
import { NO_SETTINGS, RECEIVED, SignatureError, webhookProvider } from '../webhook-provider.js';

const SYMMETRIC = 'whsec_';
const PRIVATE = 'whsk_';
const PUBLIC = 'whpk_';
const PUBLIC_BYTES = 32;
const ASYMMETRIC_SIGNATURE_BYTES = 64;
/** Each costs 0.2 ms of CPU before the request is known to be genuine. Senders sign with two keys, during a rotation. */
const MOST_ASYMMETRIC = 4;
/** Of printable ASCII. A dot would make it ambiguous where the id ends in what is signed. */
const ID = /^[\x21-\x2d\x2f-\x7e]+$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** SubjectPublicKeyInfo of an ed25519 key (RFC 8410), up to its bytes. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** The signatures of a request: v1 is HMAC, v1a ed25519. */
interface Signatures {
  readonly v1: readonly Buffer[];
  readonly v1a: readonly Buffer[];
}

/** Whether one of the signatures is that of a secret. */
type SecretCheck = (signed: Buffer, signatures: Signatures) => boolean;

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const standardWebhooks = webhookProvider({
  name: 'standard-webhooks',
  settings: NO_SETTINGS,
  secrets: 'required',
  secretProblem: (secret) => {
    if (secret.startsWith(PRIVATE)) return 'must not be the private key of the sender; its public key begins with whpk_';
    if (keyOf(secret) !== undefined) return undefined;
    return secret.startsWith(PUBLIC) ? `must have ${PUBLIC_BYTES} bytes in base64 after whpk_` : 'must be whsec_ and base64 (for v1), or a public key: whpk_ and base64 (for v1a)';
  },
  // The id of the headers that are verified. The standard recommends `data`, and its examples have an `id` there.
  fields: { id: 'header:webhook-id|header:svix-id', type: 'json:/type', entity: 'json:/data/id|source:name' },
  comparesBodies: false,
  // Deliveries have webhook-* headers of their own.
  keptHeaders: ['svix-id', 'svix-timestamp', 'svix-signature'],
  reply: RECEIVED,
  verifier: () => {
    // Making a key costs as much as a verification. There are as many as the source has secrets.
    const checks = new Map<string, SecretCheck>();
    return ({ headers, body, receivedAtMs }, secrets) => {
      // Svix' service, which is older than the standard, has names of its own. A request is verified by headers of one kind.
      const kind = (headers['webhook-id'] ?? '') === '' ? 'svix' : 'webhook';
      const id = mustHave(headers, `${kind}-id`);
      const timestamp = mustHave(headers, `${kind}-timestamp`);
      const signatures = signaturesOf(mustHave(headers, `${kind}-signature`));
      const signedAtMs = secondsToMs(timestamp);
      if (!ID.test(id)) throw new SignatureError('malformed');
      const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
      let matches = false;
      for (const secret of secrets) {
        const check = checks.get(secret) ?? checkBy(keyOf(secret));
        checks.set(secret, check);
        matches = check(signed, signatures) || matches;
      }
      if (!matches) throw new SignatureError('mismatch');
      mustBeFresh(signedAtMs, receivedAtMs, USUAL_TOLERANCE_MS);
    };
  },
});

function checkBy(key: KeyObject | undefined): SecretCheck {
  if (key === undefined) return () => false;
  if (key.type === 'public') return (signed, { v1a }) => v1a.some((signature) => verify(null, signed, key, signature));
  return (signed, { v1 }) => {
    const expected = hmacOf('sha256', key, [signed]);
    return v1.reduce((matches, signature) => isSame(signature, expected) || matches, false);
  };
}

/** Undefined for a text that is no secret. */
function keyOf(secret: string): KeyObject | undefined {
  const isPublic = secret.startsWith(PUBLIC);
  const text = isPublic ? secret.slice(PUBLIC.length) : (secret.startsWith(SYMMETRIC) ? secret.slice(SYMMETRIC.length) : secret);
  if (text === '' || !BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (!isPublic) return createSecretKey(bytes);
  return bytes.length === PUBLIC_BYTES ? createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' }) : undefined;
}

/** @throws SignatureError missing, malformed */
function signaturesOf(header: string): Signatures {
  const items = header.split(' ', MOST_ITEMS);
  const textsOf = (version: string): string[] => items.filter((item) => item.startsWith(version)).map((item) => item.slice(version.length));
  const [v1Texts, v1aTexts] = [textsOf('v1,'), textsOf('v1a,')];
  if (v1Texts.length + v1aTexts.length === 0) throw new SignatureError('missing');
  const [v1, v1a] = [decodedOf(v1Texts), decodedOf(v1aTexts).filter(({ length }) => length === ASYMMETRIC_SIGNATURE_BYTES)];
  if (v1.length + v1a.length === 0 || v1a.length > MOST_ASYMMETRIC) throw new SignatureError('malformed');
  return { v1, v1a };
}

function decodedOf(texts: readonly string[]): Buffer[] {
  return texts.map((text) => decodedSignature(text, 'base64')).filter((signature) => signature !== undefined);
}
