import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Runs the command through setpriv (util-linux) if it is installed: the kernel then sends the signal when the parent is
 * killed. Without setpriv only the guard stops a server.
 */
export async function withDeathSignal(command: string, args: readonly string[], signal: NodeJS.Signals): Promise<Launch> {
  return (await setprivHelp()).includes('--pdeathsig')
    ? { command: 'setpriv', args: [`--pdeathsig=${signal.replace('SIG', '')}`, '--', command, ...args] }
    : { command, args };
}

async function setprivHelp(): Promise<string> {
  try {
    return (await run('setpriv', ['--help'])).stdout;
  } catch {
    return '';
  }
}
