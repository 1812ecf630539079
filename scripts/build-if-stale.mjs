import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
// The default import, because an old Node fails to link a missing name before checkNode can say what to do.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = path.dirname(import.meta.dirname);
// Holds a hash of the build's inputs. File times do not help, because a clone or a change of branch resets them.
const STAMP = path.join(ROOT, 'dist', '.built-from');
const LOCK = path.join(ROOT, 'node_modules', '.cache', 'lockstep-build.lock');
const INPUTS = ['{apps/*/src,libs}/**/*.ts', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];

/**
 * Builds `dist` unless it matches the sources. Concurrent calls build once; the others wait.
 * @throws Error when the sources do not compile; the compiler's messages are on stderr
 */
export async function buildIfStale() {
  if (isCurrent()) return;
  await acquireLock();
  try {
    if (!isCurrent()) build();
  } finally {
    fs.rmSync(LOCK, { force: true });
  }
}

function build() {
  const fingerprint = fingerprintOfSources();
  console.error('Building dist ...');
  // Removed first, because a failed build leaves an inconsistent dist.
  fs.rmSync(STAMP, { force: true });
  const nest = path.join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { status, signal } = spawnSync(process.execPath, [nest, 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`The build failed (${signal ?? `exit code ${status}`}); see the messages above`);
  fs.writeFileSync(STAMP, fingerprint);
}

function isCurrent() {
  return readIfExists(STAMP) === fingerprintOfSources();
}

/** Waits for a running build. Removes the lock of a killed one. */
async function acquireLock() {
  fs.mkdirSync(path.dirname(LOCK), { recursive: true });
  for (;;) {
    try {
      fs.writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = readIfExists(LOCK);
    // An empty lock is new: its owner has not written its pid yet.
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

function readIfExists(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
