import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.dirname(import.meta.dirname);
// What the build read, as a hash. By content, because a fresh clone or a change of branch sets every file's time.
const STAMP = path.join(ROOT, 'dist', '.built-from');
const INPUTS = ['{apps,libs}/*/src/**/*.ts', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];

/**
 * Builds `dist` unless it was built from the sources as they are.
 * @throws Error when the sources do not compile; the compiler's messages are on stderr then
 */
export async function buildIfStale() {
  const fingerprint = fingerprintOfSources();
  if (readIfThere(STAMP) === fingerprint) return;
  console.error('Building dist ...');
  // Removed first: a build that fails leaves a dist that is neither the old nor the new one.
  rmSync(STAMP, { force: true });
  const nest = path.join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { status, signal } = spawnSync(process.execPath, [nest, 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`The build failed (${signal ?? `exit code ${status}`}); the reason stands above`);
  writeFileSync(STAMP, fingerprint);
}

function fingerprintOfSources() {
  const hash = createHash('sha256');
  const files = INPUTS.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).filter((file) => !file.endsWith('spec.ts'));
  for (const file of files.sort()) hash.update(file).update('\0').update(readFileSync(path.join(ROOT, file))).update('\0');
  return hash.digest('hex');
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
