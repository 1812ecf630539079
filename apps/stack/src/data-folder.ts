import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeProcess } from '#dev/embedded/process-info';
import { systemErrorCode } from '#dev/embedded/system-error';
import { StackError } from './stack-error.js';

interface LockOwner {
  readonly pid: number;
  /** The process's start time, because after a kill -9 its pid may belong to another process. */
  readonly startMark: string;
}

/** The pid of the stack that uses this data folder; undefined if there is none. */
export async function findStack(dataDir: string): Promise<number | undefined> {
  const text = await readFile(lockFile(dataDir), 'utf8').catch(() => '');
  const owner = parseOwner(text);
  const found = owner === undefined ? undefined : await describeProcess(owner.pid);
  return found !== undefined && found.startMark === owner?.startMark ? found.pid : undefined;
}

/**
 * Creates the folder and locks it for this process, until `releaseDataFolder` or until the process exits.
 * @throws StackError data_folder_in_use with the other stack's pid
 */
export async function lockDataFolder(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const self = await describeProcess(process.pid);
  const owner = JSON.stringify({ pid: process.pid, startMark: self?.startMark ?? '' } satisfies LockOwner);
  for (;;) {
    try {
      await writeFile(lockFile(dataDir), owner, { flag: 'wx' });
      return;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
    const pid = await findStack(dataDir);
    if (pid !== undefined) {
      throw new StackError('data_folder_in_use', `A stack (pid ${pid}) is running on ${dataDir}: stop it, or set LOCKSTEP_DATA_DIR to another folder.`);
    }
    await rm(lockFile(dataDir), { force: true });
  }
}

export async function releaseDataFolder(dataDir: string): Promise<void> {
  await rm(lockFile(dataDir), { force: true });
}

/** Replaces a file atomically: a reader sees the old or the new content. Mode 0600. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.unfinished`;
  await writeFile(unfinished, content, { mode: 0o600 });
  await rename(unfinished, file);
}

function lockFile(dataDir: string): string {
  return path.join(dataDir, 'stack.lock');
}

function parseOwner(text: string): LockOwner | undefined {
  try {
    const { pid, startMark } = JSON.parse(text) as Partial<LockOwner>;
    return typeof pid === 'number' && typeof startMark === 'string' ? { pid, startMark } : undefined;
  } catch {
    return undefined;
  }
}
