import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemErrorCode } from './system-error.js';

const run = promisify(execFile);

export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
  /** The process's start time in the system's format. The same pid with another mark is another process. */
  readonly startMark: string;
}

/** The process with this pid; undefined if there is none or it is a zombie, which holds no file, port or memory. */
export async function describeProcess(pid: number): Promise<ProcessInfo | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

async function fromProc(pid: number): Promise<ProcessInfo | undefined> {
  try {
    const [stat, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // The name in parentheses may itself contain spaces and parentheses, so fields count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parentPid] = fields;
    if (state === 'Z' || state === 'X') {
      return undefined;
    }
    return {
      pid,
      parentPid: Number(parentPid),
      command: commandLine.replaceAll('\0', ' ').trim(),
      startMark: fields[19] ?? '',
    };
  } catch {
    return undefined;
  }
}

async function fromPs(pid: number): Promise<ProcessInfo | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,ppid=,lstart=,command=', '-p', String(pid)]);
    const match = /^(\S+)\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(stdout.trim());
    if (match === null || match[1]?.startsWith('Z') === true) {
      return undefined;
    }
    return { pid, parentPid: Number(match[2]), command: match[4] ?? '', startMark: match[3] ?? '' };
  } catch {
    return undefined;
  }
}

/** Whether the process exits within the time. Polls, because only a child process has an exit event. */
export async function waitForExit(target: ProcessInfo, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await describeProcess(target.pid);
    if (found?.startMark !== target.startMark) {
      return true;
    }
    if (performance.now() >= deadline) {
      return false;
    }
    await delay(50);
  }
}

/** Sends the signal. Does nothing if the process has exited. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') {
      throw error;
    }
  }
}
