import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { projectRoot } from '#ground/config/project-root';
import { NODE_FLAGS } from '#ground/process/node-flags';
import { freePort } from './free-port.js';
import { waitUntil } from './wait-until.js';

type App = 'gateway' | 'dispatcher' | 'proxy' | 'orders';

/** An app as a real process of the built code. */
export class AppUnderTest {
  private process: ChildProcess | undefined;
  private output = '';
  /** Those that were sent a signal. */
  private readonly told = new WeakSet<ChildProcess>();

  private constructor(
    private readonly app: App,
    private readonly env: Record<string, string>,
    readonly url: string,
  ) {}

  /** @returns the process, not waited for: `ready` does that */
  static async launch(app: App, env: Record<string, string>): Promise<AppUnderTest> {
    const port = await freePort();
    const launched = new AppUnderTest(app, { ...env, PORT: String(port) }, `http://127.0.0.1:${port}`);
    launched.start();
    return launched;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Whether the process that was started last is still there. */
  get running(): boolean {
    return this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Of the process that was started last; undefined: it runs, or a signal has ended it. */
  get exitCode(): number | undefined {
    return this.process?.exitCode ?? undefined;
  }

  /** The end of what the process that was started last has written. */
  get lastOutput(): string {
    return this.output;
  }

  /** Starts it (again) on the same port. */
  start(): void {
    const entry = path.join(projectRoot(), 'dist', 'apps', this.app, 'src', 'main.js');
    const { PATH = '' } = process.env;
    this.output = '';
    const child = spawn(process.execPath, [...NODE_FLAGS, entry], { env: { PATH, ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000)));
    child.once('exit', (code, signal) => {
      // Whatever waits for it now waits in vain, and should know why.
      if (!this.told.has(child)) process.stderr.write(`The ${this.app} at ${this.url} ended by itself (${signal ?? code}). Its last output:\n${this.output.slice(-4_000)}\n`);
    });
    this.process = child;
  }

  async ready(timeoutMs = 50_000): Promise<void> {
    try {
      await waitUntil(`${this.app} ready at ${this.url}`, async () => (await fetch(`${this.url}/health/ready`).catch(() => undefined))?.ok === true, timeoutMs);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : ''}\nIts last output:\n${this.output.slice(-4_000)}`, { cause: error });
    }
  }

  /** Sends a signal; resolves with exit code or signal name when it has ended. SIGSTOP and SIGCONT resolve at once. */
  async signal(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | undefined> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return undefined;
    this.told.add(child);
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    child.kill(signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return undefined;
    const [code, by] = await ended;
    return code ?? by ?? undefined;
  }

  async metric(line: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
    return Number(found?.slice(line.length + 1) ?? 0);
  }
}
