import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#dev/testing/wait-until';
import { AppProcess } from './app-process.js';
import type { Reaper } from './reaper.js';

/** The app's last log line; it exits at SIGUSR2. */
const FATAL = JSON.stringify({ msg: 'The process cannot continue', err: { message: 'broken' } });

let folder: string;
let app: AppProcess;
let exits: string[];

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-app-'));
  exits = [];
  app = new AppProcess({
    name: 'dispatcher 0', app: 'dispatcher', distFolder: folder, port: 0, env: {}, logFolder: folder,
    reaper: { watch: () => undefined } as unknown as Reaper,
    onUnexpectedExit: (message) => exits.push(message),
  });
  await mkdir(path.join(folder, 'apps', 'dispatcher', 'src'), { recursive: true });
  await writeFile(path.join(folder, 'apps', 'dispatcher', 'src', 'main.js'), `
    const { writeFileSync } = require('node:fs');
    setInterval(() => undefined, 1_000);
    process.on('SIGUSR2', () => { console.log(${JSON.stringify(FATAL)}); process.exit(1); });
    writeFileSync(process.env.CHAOS_FOLDER + '/up-' + process.pid, '');
  `);
});

afterEach(async () => {
  app.close();
  await app.kill();
  await rm(folder, { recursive: true });
});

async function up(): Promise<number> {
  const { pid } = app;
  await waitUntil('the process is up', () => existsSync(path.join(folder, `up-${pid}`)));
  return pid;
}

describe('AppProcess', () => {
  it('does not start a running app again', async () => {
    app.start();
    const pid = await up();
    app.start();
    expect(app.pid).toBe(pid);
    await app.kill();
    expect(isAlive(pid)).toBe(false);
    app.start();
    expect(await up()).not.toBe(pid);
  });

  it('reports an unexpected exit and restarts the app', async () => {
    app.start();
    const pid = await up();
    process.kill(pid, 'SIGUSR2');
    await waitUntil('the report', () => exits.length === 1);
    expect(exits).toEqual(['dispatcher 0 exited unexpectedly (1): The process cannot continue: broken']);
    // This start comes before the automatic one, which then does nothing.
    app.start();
    const again = await up();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(app.pid).toBe(again);
  });
});
