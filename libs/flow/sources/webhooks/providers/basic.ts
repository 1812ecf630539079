import { createHash } from 'node:crypto';
import { decodedSignature, mustHave, mustMatch } from '../signatures.js';
import { GENERIC, NO_SETTINGS, SignatureError, webhookProvider } from '../webhook-provider.js';

/** RFC 7617: neither may have control characters, and the user's name no colon. */
const USER_AND_PASSWORD = /^[^:\p{Cc}]+:\P{Cc}+$/u;
const CREDENTIALS = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/** Senders that sign nothing, but send a user's name and password (RFC 7617). A secret is `user:password`. */
export const basic = webhookProvider({
  ...GENERIC,
  name: 'basic',
  settings: NO_SETTINGS,
  secrets: 'required',
  secretProblem: (secret) => (USER_AND_PASSWORD.test(secret) ? undefined : 'must be user:password'),
  verifier: () => ({ headers }, secrets) => {
    const [, credentials = ''] = CREDENTIALS.exec(mustHave(headers, 'authorization')) ?? [];
    const given = decodedSignature(credentials, 'base64');
    if (given === undefined) throw new SignatureError('malformed');
    // Hashes are of one length, so that the comparison does not tell the password's.
    mustMatch([sha256(given)], secrets, sha256);
  },
});

function sha256(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest();
}
