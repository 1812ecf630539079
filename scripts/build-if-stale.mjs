import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
// The default import: an old Node would fail to link a name that it lacks, before checkNode can say what to do.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = path.dirname(import.meta.dirname);
// What the build read, as a hash. By content, because a fresh clone or a change of branch sets every file's time.
const STAMP = path.join(ROOT, 'dist', '.built-from');
const LOCK = path.join(ROOT, 'node_modules', '.cache', 'lockstep-build.lock');
const INPUTS = ['{apps/*/src,libs}/**/*.ts', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];

/**
 * Builds `dist` unless it was built from the sources as they are. One build at a time: whoever comes second waits and
 * uses the first one's.
 * @throws Error when the sources do not compile; the compiler's messages are on stderr then
 */
export async function buildIfStale() {
  if (isCurrent()) return;
  await takeLock();
  try {
    if (!isCurrent()) build();
  } finally {
    fs.rmSync(LOCK, { force: true });
  }
}

function build() {
  const fingerprint = fingerprintOfSources();
  console.error('Building dist ...');
  // Removed first: a build that fails leaves a dist that is neither the old nor the new one.
  fs.rmSync(STAMP, { force: true });
  const nest = path.join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { status, signal } = spawnSync(process.execPath, [nest, 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`The build failed (${signal ?? `exit code ${status}`}); the reason stands above`);
  fs.writeFileSync(STAMP, fingerprint);
}

function isCurrent() {
  return readIfThere(STAMP) === fingerprintOfSources();
}

/** Waits for a build that is under way; one that was killed left its lock behind. */
async function takeLock() {
  fs.mkdirSync(path.dirname(LOCK), { recursive: true });
  for (;;) {
    try {
      fs.writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = readIfThere(LOCK);
    // Empty: it was made this moment and its owner has not signed it yet.
    if (owner !== undefined && owner !== '' && !isAlive(Number(owner))) fs.rmSync(LOCK, { force: true });
    await delay(100);
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function fingerprintOfSources() {
  const hash = createHash('sha256');
  const files = INPUTS.flatMap((pattern) => fs.globSync(pattern, { cwd: ROOT })).filter((file) => !file.endsWith('spec.ts'));
  for (const file of files.sort()) hash.update(file).update('\0').update(fs.readFileSync(path.join(ROOT, file))).update('\0');
  return hash.digest('hex');
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
