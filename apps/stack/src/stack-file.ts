import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { describeProcess, signalProcess, waitForExit } from '#dev/embedded/process-info';
import { replaceFile } from './data-folder.js';

export interface RunningApp {
  readonly app: string;
  readonly instance: number;
  readonly pid: number;
  readonly url: string;
}

/** `<data dir>/stack.json`: describes the running stack for `npm run migrate`, `npm run verify` and `npm run dev`. */
export interface StackFile {
  /** Of the supervisor. */
  readonly pid: number;
  readonly databaseUrl: string;
  readonly kafkaBrokers: string;
  readonly processes: readonly RunningApp[];
}

export async function writeStackFile(dataDir: string, content: StackFile): Promise<void> {
  await replaceFile(stackFile(dataDir), `${JSON.stringify(content, null, 2)}\n`);
}

export async function removeStackFile(dataDir: string): Promise<void> {
  await rm(stackFile(dataDir), { force: true });
}

// Longer than an app's drain after its supervisor was killed (parent-watch.ts).
const drainLimitMs = 10_000;

/** Waits for the apps of a killed stack, which use the same ports and drain for some seconds. */
export async function waitForOrphanedApps(dataDir: string): Promise<void> {
  const text = await readFile(stackFile(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return;
  await Promise.all(processesIn(text).map(async ({ pid }) => {
    const found = await describeProcess(pid);
    // The stack's apps preload parent-watch. A command without it is another program that has got the pid.
    if (found === undefined || !found.command.includes('parent-watch')) return;
    if (await waitForExit(found, drainLimitMs)) return;
    signalProcess(pid, 'SIGKILL');
    await waitForExit(found, drainLimitMs);
  }));
  await removeStackFile(dataDir);
}

function processesIn(text: string): readonly RunningApp[] {
  try {
    return (JSON.parse(text) as Partial<StackFile>).processes ?? [];
  } catch {
    return [];
  }
}

function stackFile(dataDir: string): string {
  return path.join(dataDir, 'stack.json');
}
