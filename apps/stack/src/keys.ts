import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from './data-folder.js';
import type { StackSettings } from './stack-settings.js';

export interface Key {
  readonly value: string;
  /** From its environment variable, from the data folder, or generated at this start. */
  readonly origin: 'configured' | 'stored' | 'generated';
  readonly file: string;
}

/** The key for the management API; a generated one has 43 URL-safe characters. */
export function adminKey(settings: StackSettings): Promise<Key> {
  return keyOf(settings.adminKey, path.join(settings.dataDir, 'admin-key'), () => randomBytes(32).toString('base64url'));
}

/** The key that encrypts stored secrets; a generated one has 32 random bytes. Losing it loses the secrets. */
export function secretKey(settings: StackSettings): Promise<Key> {
  return keyOf(settings.secretKey, path.join(settings.dataDir, 'secret-key'), () => randomBytes(32).toString('base64'));
}

async function keyOf(configured: string | undefined, file: string, generate: () => string): Promise<Key> {
  if (configured !== undefined) return { value: configured, origin: 'configured', file };
  const stored = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (stored !== '') return { value: stored, origin: 'stored', file };
  const value = generate();
  await replaceFile(file, `${value}\n`);
  return { value, origin: 'generated', file };
}
