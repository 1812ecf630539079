import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { replaceFile } from '../data-folder.js';
import type { Key } from '../keys.js';
import { persistentPorts } from '../ports.js';
import { adminKeyForShell } from '../summary.js';
import { arrivalLine } from './arrival-line.js';
import { LockstepClient } from './lockstep-client.js';
import { type Arrival, OrderCheck } from './order-check.js';
import { Receiver } from './receiver.js';
import { type StoryEvent, eventKey, ordersPerStory, refusedOnce, storyFrom } from './story.js';

// Slow enough to read, and fast enough that later events arrive during a retry's delay (1 s).
const pauseMs = 250;
// The longest wait in the story is one retry; the rest allows for a busy machine.
const lastDeliveryTimeoutMs = 60_000;

export interface DemoOptions {
  readonly gatewayUrl: string;
  readonly adminKey: Key;
  readonly dataDir: string;
  readonly say: (line: string) => void;
}

/** Shows that retries keep the order. Uses the stack as any client does. */
export class Demo {
  private readonly stopped = new AbortController();
  private readonly orderCheck = new OrderCheck();
  private readonly acceptedAt = new Map<string, number>();
  private receiver: Receiver | undefined;
  private refusedKeys: ReadonlySet<string> = new Set();

  constructor(private readonly options: DemoOptions) {}

  /** Plays the story; resolves at its end or soon after `stopPosting`. Prints an error instead of rejecting. */
  async run(): Promise<void> {
    const { say } = this.options;
    try {
      await this.play();
    } catch (error) {
      if (!this.stopped.signal.aborted) say(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  stopPosting(): void {
    this.stopped.abort();
  }

  async close(): Promise<void> {
    await this.receiver?.close();
  }

  private async play(): Promise<void> {
    const { gatewayUrl, adminKey, dataDir, say } = this.options;
    const story = storyFrom(await nextOrder(dataDir));
    this.refusedKeys = refusedOnce(story);
    const ports = await persistentPorts(dataDir, ['demo']);
    this.receiver = new Receiver(ports.demo, (arrival) => this.handle(arrival));
    await this.receiver.listen();
    const client = new LockstepClient(gatewayUrl, adminKey.value);
    await client.setDemoEndpoint(this.receiver.url);
    say(`Demo (LOCKSTEP_DEMO=off disables it): ${ordersPerStory} orders with 4 events each; the receiver refuses some of them once.`);
    say('');
    const ids = await this.postAll(client, story);
    await this.untilDelivered(ids);
    const { delivered, refused, retries, outOfOrder } = this.orderCheck.counts;
    say('');
    say(`Demo done: ${delivered} events delivered, ${refused} refused once, ${retries} retries, ${outOfOrder} out of order.`);
    this.sayExample(gatewayUrl, adminKey);
  }

  private async postAll(client: LockstepClient, story: readonly StoryEvent[]): Promise<string[]> {
    const ids: string[] = [];
    for (const event of story) {
      const id = await client.post(event, this.stopped.signal);
      this.acceptedAt.set(id, performance.now());
      ids.push(id);
      await delay(pauseMs, undefined, { signal: this.stopped.signal });
    }
    return ids;
  }

  private async untilDelivered(ids: readonly string[]): Promise<void> {
    const deadline = performance.now() + lastDeliveryTimeoutMs;
    while (!ids.every((id) => this.orderCheck.hasDelivered(id))) {
      if (performance.now() >= deadline) throw new Error(`not all events were delivered within ${lastDeliveryTimeoutMs / 1000} s`);
      await delay(100, undefined, { signal: this.stopped.signal });
    }
  }

  private handle(request: Omit<Arrival, 'status'>): Arrival['status'] {
    const status = request.attempt === 1 && this.refusedKeys.has(eventKey(request.entity, request.type)) ? 503 : 200;
    const arrival = { ...request, status } satisfies Arrival;
    const inOrder = this.orderCheck.record(arrival);
    const acceptedAt = this.acceptedAt.get(arrival.id);
    this.options.say(arrivalLine(arrival, inOrder, acceptedAt === undefined ? 0 : performance.now() - acceptedAt));
    return status;
  }

  private sayExample(gatewayUrl: string, adminKey: Key): void {
    const { say } = this.options;
    say('');
    say('Post an event; its delivery appears here:');
    say('');
    say(`  curl ${gatewayUrl}/v1/events -H "authorization: Bearer ${adminKeyForShell(adminKey)}" \\`);
    say(`    -H 'content-type: application/json' -d '{"type":"order.created","entity":"order-42","data":{"total":42}}'`);
    say('');
  }
}

/** The first order number of this story. Each story has new orders, so that a second start does not create order-1001 again. */
async function nextOrder(dataDir: string): Promise<number> {
  const file = path.join(dataDir, 'demo-next-order');
  const next = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10) || 1001;
  await replaceFile(file, `${next + ordersPerStory}\n`);
  return next;
}
