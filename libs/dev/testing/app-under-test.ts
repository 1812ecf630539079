import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { projectRoot } from '#ground/config/project-root';
import { NODE_FLAGS } from '#ground/process/node-flags';
import { freePort } from './free-port.js';
import { waitUntil } from './wait-until.js';

type App = 'gateway' | 'dispatcher' | 'proxy' | 'orders';

/** An app of the built code, in a process of its own. */
export class AppUnderTest {
  private process: ChildProcess | undefined;
  private output = '';
  /** Processes that were sent a signal. */
  private readonly signalled = new WeakSet<ChildProcess>();

  private constructor(
    private readonly app: App,
    private readonly env: Record<string, string>,
    readonly url: string,
    private readonly onOutput: (text: string) => void,
    private readonly release: string,
  ) {}

  /**
   * Starts the process without waiting for it; `ready` waits.
   * @param onOutput gets everything that it prints
   * @param release the folder of its built code
   */
  static async launch(app: App, env: Record<string, string>, onOutput: (text: string) => void = () => undefined, release = projectRoot()): Promise<AppUnderTest> {
    const port = await freePort();
    const launched = new AppUnderTest(app, { ...env, PORT: String(port) }, `http://127.0.0.1:${port}`, onOutput, release);
    launched.start();
    return launched;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Whether the last process is running. */
  get running(): boolean {
    return this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Exit code of the last process; undefined while it runs, or if a signal ended it. */
  get exitCode(): number | undefined {
    return this.process?.exitCode ?? undefined;
  }

  /** The end of the last process's output. */
  get lastOutput(): string {
    return this.output;
  }

  /** Starts a process, always on the same port. */
  start(): void {
    const entry = path.join(this.release, 'dist', 'apps', this.app, 'src', 'main.js');
    const { PATH = '' } = process.env;
    this.output = '';
    const child = spawn(process.execPath, [...NODE_FLAGS, entry], { env: { PATH, ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-20_000);
        this.onOutput(chunk.toString());
      });
    }
    child.once('exit', (code, signal) => {
      // A test that waits for the app then fails, and this says why.
      if (!this.signalled.has(child)) process.stderr.write(`The ${this.app} at ${this.url} ended by itself (${signal ?? code}). Its last output:\n${this.output.slice(-4_000)}\n`);
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

  /** Sends a signal. Resolves with exit code or signal name when the process has ended; at once for SIGSTOP and SIGCONT. */
  async signal(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | undefined> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return undefined;
    this.signalled.add(child);
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
