import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts secrets at rest with AES-256-GCM, by a key derived (HKDF-SHA-256) from LOCKSTEP_SECRET_KEY. A box is a format
 * byte, the nonce, the tag and the ciphertext. It is bound to its `context` (such as `endpoint/<id>`): a box that is copied
 * to another row does not open.
 *
 * Boxes of former keys open too. A box does not name its key: each key is tried, which takes some microseconds, and so
 * releases that know one key read what this one writes with it.
 */
export class SecretBox {
  /** The first one seals. */
  private readonly keys: readonly [Buffer, ...Buffer[]];

  /** @param formerSecretKeys only open boxes */
  constructor(secretKey: string, formerSecretKeys: readonly string[] = []) {
    this.keys = [derivedKey(secretKey), ...formerSecretKeys.map(derivedKey)];
  }

  seal(plaintext: string, context: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys[0], nonce).setAAD(Buffer.from(context));
    const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from([FORMAT]), nonce, cipher.getAuthTag(), ciphertext]);
  }

  /** @throws SecretBoxError if the box was sealed with another key or context, or was changed */
  open(box: Uint8Array, context: string): string {
    return this.opened(box, context).plaintext;
  }

  /**
   * The same secret in a box of the present key; undefined for a box that has it already.
   * @throws SecretBoxError as `open`
   */
  resealed(box: Uint8Array, context: string): Buffer | undefined {
    const { plaintext, key } = this.opened(box, context);
    return key === this.keys[0] ? undefined : this.seal(plaintext, context);
  }

  private opened(box: Uint8Array, context: string): { readonly plaintext: string; readonly key: Buffer } {
    const failures: unknown[] = [];
    for (const key of this.keys) {
      try {
        return { plaintext: openedWith(key, box, context), key };
      } catch (error) {
        failures.push(error);
      }
    }
    const keys = this.keys.length === 1 ? 'is LOCKSTEP_SECRET_KEY the one it was stored with?' : 'neither LOCKSTEP_SECRET_KEY nor LOCKSTEP_SECRET_KEY_OLD has the key it was stored with';
    throw new SecretBoxError(`The stored secret of ${context} does not open: ${keys}`, { cause: failures[0] });
  }
}

export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
  readonly code = 'secret_unreadable';
}

function derivedKey(secretKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', 'lockstep/secret-box/1', 32));
}

/** @throws what node:crypto throws, and Error for another format */
function openedWith(key: Buffer, box: Uint8Array, context: string): string {
  const nonce = box.subarray(1, 1 + NONCE_BYTES);
  const tag = box.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  if (box[0] !== FORMAT) throw new Error(`unknown format ${box[0]}`);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context)).setAuthTag(tag);
  return Buffer.concat([decipher.update(box.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
}
