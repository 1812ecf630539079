import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitUntil } from '#dev/testing/wait-until';
import { armStall, disarmStall, STALL_LISTENER, untilStalled } from './stall-points.js';

/** Passes two points in a loop, with a log entry before and after each. */
const SCRIPT = `${STALL_LISTENER}
let text = '';
setInterval(() => {
  for (const point of ['before-send', 'in-batch']) {
    writeFileSync(file('log'), (text += 'to ' + point + ' '));
    globalThis.stall(point);
    writeFileSync(file('log'), (text += 'past ' + point + ' '));
  }
}, 5);
`;

describe('a process with stall points', () => {
  let folder: string;
  let child: ChildProcess;
  let pid: number;

  const log = (): Promise<string> => readFile(path.join(folder, `log-${pid}`), 'utf8');
  const untilRunning = async (): Promise<void> => {
    const before = (await log()).length;
    await waitUntil('the process runs', async () => (await log()).length > before + 100);
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lockstep-stall-'));
    await writeFile(path.join(folder, 'script.mjs'), SCRIPT);
    child = spawn(process.execPath, [path.join(folder, 'script.mjs')], { env: { CHAOS_FOLDER: folder }, stdio: 'inherit' });
    await once(child, 'spawn');
    pid = child.pid ?? 0;
    await waitUntil('the process runs', async () => (await log().catch(() => '')) !== '');
  });

  afterEach(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  });

  it('freezes once at the armed point, and continues when thawed', async () => {
    await armStall(folder, pid, 'in-batch');
    await untilStalled(folder, pid, 10_000);
    const frozen = await log();
    expect(frozen).toMatch(/to in-batch $/);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await log()).toBe(frozen);
    child.kill('SIGCONT');
    await untilRunning();

    await armStall(folder, pid, 'before-send');
    await untilStalled(folder, pid, 10_000);
    expect(await log()).toMatch(/to before-send $/);
  });

  it('continues when its point is disarmed, before or after it freezes', async () => {
    await armStall(folder, pid, 'relay-sent');
    await expect(untilStalled(folder, pid, 100)).rejects.toThrow(`process ${pid} at its stall point`);
    await disarmStall(folder, pid);
    await untilRunning();

    await armStall(folder, pid, 'in-batch');
    await untilStalled(folder, pid, 10_000);
    await disarmStall(folder, pid);
    await untilRunning();
  });
});
