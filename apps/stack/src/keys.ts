import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from './data-folder.js';
import type { StackSettings } from './stack-settings.js';

export interface Key {
  readonly value: string;
  /** Given by its variable, read from the data folder, or made at this start. */
  readonly origin: 'given' | 'kept' | 'made';
  readonly file: string;
}

/** What the management API is reached with: 43 url-safe characters when made here. */
export function adminKey(settings: StackSettings): Promise<Key> {
  return keyOf(settings.adminKey, path.join(settings.dataDir, 'admin-key'), () => randomBytes(32).toString('base64url'));
}

/** What stored secrets are encrypted with: 32 random bytes when made here. Without it they can't be read again. */
export function secretKey(settings: StackSettings): Promise<Key> {
  return keyOf(settings.secretKey, path.join(settings.dataDir, 'secret-key'), () => randomBytes(32).toString('base64'));
}

async function keyOf(given: string | undefined, file: string, make: () => string): Promise<Key> {
  if (given !== undefined) return { value: given, origin: 'given', file };
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (kept !== '') return { value: kept, origin: 'kept', file };
  const value = make();
  await replaceFile(file, `${value}\n`);
  return { value, origin: 'made', file };
}
