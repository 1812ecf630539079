import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { describeProcess, signalProcess, waitUntilGone } from '#dev/embedded/process-info';
import { replaceFile } from './data-folder.js';

export interface RunningApp {
  readonly app: string;
  readonly instance: number;
  readonly pid: number;
  readonly url: string;
}

/** `<data dir>/stack.json`: where verify, chaos and bench find a running stack. */
export interface StackFile {
  /** The supervisor's. */
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

// Above the drain that an app gets when its supervisor was killed (parent-watch.ts).
const leftoverTimeMs = 10_000;

/** After a kill -9 the apps of the last stack still drain for some seconds, on the ports that we want. */
export async function waitForLeftoverApps(dataDir: string): Promise<void> {
  const text = await readFile(stackFile(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return;
  await Promise.all(processesIn(text).map(async ({ pid }) => {
    const found = await describeProcess(pid);
    // Every app of ours has the watch preloaded; without it in the command the pid is somebody else's by now.
    if (found === undefined || !found.command.includes('parent-watch')) return;
    if (await waitUntilGone(found, leftoverTimeMs)) return;
    signalProcess(pid, 'SIGKILL');
    await waitUntilGone(found, leftoverTimeMs);
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
