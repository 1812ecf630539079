import { type ChildProcess, fork } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ReceiverCommand, ReceiverMode, ReceiverReply, ReceiverStatus, RecordedArrival } from './receiver-messages.js';
import type { Reaper } from './reaper.js';

const ANSWER_LIMIT_MS = 30_000;

type Unnumbered<Command> = Command extends ReceiverCommand ? Omit<Command, 'number'> : never;

/** Starts the receiver's process and sends it commands. */
export class ReceiverHandle {
  private readonly waiting = new Map<number, (status: ReceiverStatus) => void>();
  private commands = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({ number, status }: ReceiverReply) => {
      this.waiting.get(number)?.(status);
      this.waiting.delete(number);
    });
  }

  static async start(options: { port: number; shards: number; reaper: Reaper }): Promise<ReceiverHandle> {
    const child = fork(fileURLToPath(new URL(`./receiver-process${extname(import.meta.url)}`, import.meta.url)), { detached: true });
    options.reaper.watch(child);
    const handle = new ReceiverHandle(child);
    await handle.send({ kind: 'start', port: options.port, shards: options.shards });
    return handle;
  }

  async setMode(mode: ReceiverMode): Promise<void> {
    await this.send({ kind: 'mode', mode });
  }

  status(): Promise<ReceiverStatus> {
    return this.send({ kind: 'status' });
  }

  /** All arrivals, in order; passed through `file`. */
  async arrivals(file: string): Promise<RecordedArrival[]> {
    await this.send({ kind: 'dump', file });
    const arrivals: RecordedArrival[] = [];
    for await (const line of createInterface({ input: createReadStream(file) })) {
      arrivals.push(JSON.parse(line) as RecordedArrival);
    }
    return arrivals;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  private async send(command: Unnumbered<ReceiverCommand>): Promise<ReceiverStatus> {
    const number = ++this.commands;
    const { promise, resolve } = Promise.withResolvers<ReceiverStatus>();
    this.waiting.set(number, resolve);
    this.child.send({ ...command, number });
    const timer = new AbortController();
    const late = delay(ANSWER_LIMIT_MS, undefined, { signal: timer.signal }).catch(() => undefined);
    const status = await Promise.race([promise, late]);
    timer.abort();
    if (status === undefined) throw new Error(`The receiver did not answer "${command.kind}" within ${ANSWER_LIMIT_MS / 1_000} s`);
    return status;
  }
}
