import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { replaceFile } from '../data-folder.js';
import type { Key } from '../keys.js';
import { rememberedPorts } from '../ports.js';
import { adminKeyForShell } from '../summary.js';
import { arrivalLine } from './arrival-line.js';
import { LockstepClient } from './lockstep-client.js';
import { type Arrival, OrderWatch } from './order-watch.js';
import { Receiver } from './receiver.js';
import { type StoryEvent, eventKey, ordersPerStory, refusedOnce, storyFrom } from './story.js';

// Slow enough to read along, quick enough that followers arrive while a retry (1 s) is waiting.
const pauseMs = 250;
// The longest wait in the story is one retry; the rest is for a machine under load.
const lastDeliveryTimeoutMs = 60_000;

export interface DemoOptions {
  readonly gatewayUrl: string;
  readonly adminKey: Key;
  readonly dataDir: string;
  readonly say: (line: string) => void;
}

/** Shows what Lockstep is for: order kept through retries. A client of the stack like any other. */
export class Demo {
  private readonly stopped = new AbortController();
  private readonly watch = new OrderWatch();
  private readonly acceptedAt = new Map<string, number>();
  private receiver: Receiver | undefined;
  private refuses: ReadonlySet<string> = new Set();

  constructor(private readonly options: DemoOptions) {}

  /** Tells the story; resolves at its end or soon after `stopPosting`. A demo that fails only says so. */
  async run(): Promise<void> {
    const { say } = this.options;
    try {
      await this.tell();
    } catch (error) {
      if (!this.stopped.signal.aborted) say(`The demo ended early: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  stopPosting(): void {
    this.stopped.abort();
  }

  async close(): Promise<void> {
    await this.receiver?.close();
  }

  private async tell(): Promise<void> {
    const { gatewayUrl, adminKey, dataDir, say } = this.options;
    const story = storyFrom(await nextOrder(dataDir));
    this.refuses = refusedOnce(story);
    const ports = await rememberedPorts(dataDir, ['demo']);
    this.receiver = new Receiver(ports.demo, (arrival) => this.take(arrival));
    await this.receiver.listen();
    const client = new LockstepClient(gatewayUrl, adminKey.value);
    await client.pointDemoEndpointAt(this.receiver.url);
    say(`Demo (LOCKSTEP_DEMO=off leaves it out): ${ordersPerStory} orders, 4 events each, to a receiver that says no now and then.`);
    say('');
    const ids = await this.postAll(client, story);
    await this.untilDelivered(ids);
    const { delivered, refused, retries, outOfOrder } = this.watch.counts;
    say('');
    say(`Demo done: ${delivered} events delivered, ${refused} refused once, ${retries} retries, ${outOfOrder} out of order.`);
    this.sayCommand(gatewayUrl, adminKey);
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
    while (!ids.every((id) => this.watch.hasDelivered(id))) {
      if (performance.now() >= deadline) throw new Error(`not all events were delivered within ${lastDeliveryTimeoutMs / 1000} s`);
      await delay(100, undefined, { signal: this.stopped.signal });
    }
  }

  private take(request: Omit<Arrival, 'status'>): Arrival['status'] {
    const status = request.attempt === 1 && this.refuses.has(eventKey(request.entity, request.type)) ? 503 : 200;
    const arrival = { ...request, status } satisfies Arrival;
    const inOrder = this.watch.see(arrival);
    const acceptedAt = this.acceptedAt.get(arrival.id);
    this.options.say(arrivalLine(arrival, inOrder, acceptedAt === undefined ? 0 : performance.now() - acceptedAt));
    return status;
  }

  private sayCommand(gatewayUrl: string, adminKey: Key): void {
    const { say } = this.options;
    say('');
    say('Try it; the event shows up here:');
    say('');
    say(`  curl ${gatewayUrl}/v1/events -H "authorization: Bearer ${adminKeyForShell(adminKey)}" \\`);
    say(`    -H 'content-type: application/json' -d '{"type":"order.created","entity":"order-42","data":{"total":42}}'`);
    say('');
  }
}

/** Each story has new orders, so that a second start doesn't create order-1001 again. */
async function nextOrder(dataDir: string): Promise<number> {
  const file = path.join(dataDir, 'demo-next-order');
  const next = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10) || 1001;
  await replaceFile(file, `${next + ordersPerStory}\n`);
  return next;
}
