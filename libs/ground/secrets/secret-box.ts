import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts secrets at rest with AES-256-GCM, by a key derived (HKDF-SHA-256) from LOCKSTEP_SECRET_KEY. A box is a format
 * byte, the nonce, the tag and the ciphertext. It is bound to its `context` (such as `endpoint/<id>`): a box that is copied
 * to another row does not open.
 */
export class SecretBox {
  private readonly key: Buffer;

  constructor(secretKey: string) {
    this.key = Buffer.from(hkdfSync('sha256', secretKey, '', 'lockstep/secret-box/1', 32));
  }

  seal(plaintext: string, context: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(context));
    const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from([FORMAT]), nonce, cipher.getAuthTag(), ciphertext]);
  }

  /** @throws SecretBoxError if the box was sealed with another key or context, or was changed */
  open(box: Uint8Array, context: string): string {
    const nonce = box.subarray(1, 1 + NONCE_BYTES);
    const tag = box.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    try {
      if (box[0] !== FORMAT) throw new Error(`unknown format ${box[0]}`);
      const decipher = createDecipheriv('aes-256-gcm', this.key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context)).setAuthTag(tag);
      return Buffer.concat([decipher.update(box.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SecretBoxError(`The stored secret of ${context} does not open: is LOCKSTEP_SECRET_KEY the one it was stored with?`, { cause });
    }
  }
}

export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
  readonly code = 'secret_unreadable';
}
