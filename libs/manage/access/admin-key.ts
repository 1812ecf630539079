import { randomBytes } from 'node:crypto';
import { keyHash } from '#domain/api-key';
import { forgetAdminKeyHash, keepAdminKeyHash } from '#ground/postgres/installation';
import type { Database } from '#ground/postgres/pool';

/**
 * Returns the hash of the admin key: of LOCKSTEP_ADMIN_KEY if it is set, else of a key that the first start generates.
 * `print` gets a line with a generated key once; only its hash is stored.
 */
export async function establishAdminKey(database: Database, given: string | undefined, print: (line: string) => void): Promise<Buffer> {
  if (given !== undefined) {
    await forgetAdminKeyHash(database);
    return keyHash(given);
  }
  const made = `lsk_${randomBytes(24).toString('base64url')}`;
  const hash = keyHash(made);
  const kept = await keepAdminKeyHash(database, hash);
  if (kept.equals(hash)) print(`Lockstep's admin key, shown only this once: ${made}`);
  return kept;
}
