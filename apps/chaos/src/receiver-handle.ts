import { type ChildProcess, fork } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ReceiverMode, ReceiverOrder, ReceiverReply, ReceiverStatus, RecordedArrival } from './receiver-orders.js';
import type { Reaper } from './reaper.js';

const ANSWER_LIMIT_MS = 30_000;

type Unnumbered<Order> = Order extends ReceiverOrder ? Omit<Order, 'number'> : never;

/** The receiver's process, as the harness sees it. */
export class ReceiverHandle {
  private readonly waiting = new Map<number, (status: ReceiverStatus) => void>();
  private orders = 0;

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
    await handle.tell({ kind: 'start', port: options.port, shards: options.shards });
    return handle;
  }

  async become(mode: ReceiverMode): Promise<void> {
    await this.tell({ kind: 'mode', mode });
  }

  status(): Promise<ReceiverStatus> {
    return this.tell({ kind: 'status' });
  }

  /** All that has arrived, in that order. */
  async arrivals(file: string): Promise<RecordedArrival[]> {
    await this.tell({ kind: 'dump', file });
    const arrivals: RecordedArrival[] = [];
    for await (const line of createInterface({ input: createReadStream(file) })) {
      arrivals.push(JSON.parse(line) as RecordedArrival);
    }
    return arrivals;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  private async tell(order: Unnumbered<ReceiverOrder>): Promise<ReceiverStatus> {
    const number = ++this.orders;
    const { promise, resolve } = Promise.withResolvers<ReceiverStatus>();
    this.waiting.set(number, resolve);
    this.child.send({ ...order, number });
    const inTime = new AbortController();
    const late = delay(ANSWER_LIMIT_MS, undefined, { signal: inTime.signal }).catch(() => undefined);
    const status = await Promise.race([promise, late]);
    inTime.abort();
    if (status === undefined) throw new Error(`The receiver has not answered "${order.kind}" for ${ANSWER_LIMIT_MS / 1_000} s`);
    return status;
  }
}
