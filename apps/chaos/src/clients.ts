import { randomBytes } from 'node:crypto';
import type { EventClient } from './event-client.js';
import type { Origin } from './history.js';
import { apiPosting, webhookPosting } from './posting.js';
import { PostingClient } from './posting-client.js';
import type { Rig } from './rig.js';
import { RunTopic } from './run-topic.js';

const WEBHOOK_SOURCE = 'signed-webhooks';
const TOPIC_SOURCE = 'own-topic';
/** Outside of the prefix of the apps' topics, which faults delete. */
const TOPIC = 'shop.records';

/** The clients of a run, each with the source that it needs. */
export class Clients {
  private readonly byOrigin = new Map<Origin, EventClient>();
  private readonly closes: (() => Promise<void>)[] = [];
  /** Undefined if no client writes to it. */
  topic: RunTopic | undefined;

  private constructor(private readonly rig: Rig) {}

  /** Creates the sources, in a system without faults. */
  static async start(rig: Rig, origins: readonly Origin[]): Promise<Clients> {
    const clients = new Clients(rig);
    try {
      for (const origin of origins) clients.byOrigin.set(origin, await clients.open(origin));
      return clients;
    } catch (error) {
      await clients.close();
      throw error;
    }
  }

  /** @throws Error when the run has no such client */
  of(origin: Origin): EventClient {
    const client = this.byOrigin.get(origin);
    if (client === undefined) throw new Error(`The run has no client for the origin ${origin}`);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.closes.map((close) => close()));
  }

  private open(origin: Origin): Promise<EventClient> {
    const opening = { api: () => Promise.resolve(this.posting(apiPosting(this.rig.adminKey))), webhook: () => this.openWebhooks(), topic: () => this.openTopic() };
    return opening[origin]();
  }

  private async openWebhooks(): Promise<EventClient> {
    const secret = randomBytes(32).toString('hex');
    await this.rig.operator.addSource({ name: WEBHOOK_SOURCE, provider: 'hmac', secrets: [secret] });
    return this.posting(webhookPosting(WEBHOOK_SOURCE, secret));
  }

  private async openTopic(): Promise<EventClient> {
    const { operator, servers, databaseUrl } = this.rig;
    const topic = await RunTopic.create({ brokers: servers.kafkaBrokers, topic: TOPIC, source: TOPIC_SOURCE, databaseUrl });
    this.closes.push(() => topic.close());
    this.topic = topic;
    await operator.addSource({ name: TOPIC_SOURCE, provider: 'kafka', settings: { topic: TOPIC, type: 'json:/type' } });
    return topic;
  }

  private posting(posting: ConstructorParameters<typeof PostingClient>[1]): EventClient {
    const client = new PostingClient(this.rig.gatewayUrls, posting);
    this.closes.push(() => client.close());
    return client;
  }
}
