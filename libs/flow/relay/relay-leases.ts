import { randomUUID } from 'node:crypto';
import { Poll } from '#ground/polling/poll';
import type { Database } from '#ground/postgres/pool';
import type { Logger } from '#ground/telemetry/logger';
import { holdRelayLeases } from './hold-relay-leases.queries.js';
import type { KafkaStall } from './kafka-stall.js';
import { releaseRelayLeases } from './release-relay-leases.queries.js';
import { relayShards } from './relay.metrics.js';

const RENEW_MS = 1_000;
const TTL_MS = 3_000;
/** After a stall of this length a relay leaves its shards to the others. */
const MAX_STALL_MS = 3_000;

/**
 * Divides the shards among the gateways that are alive, so that they do not all relay the same rows. This only saves
 * work: two gateways that both relay a shard repeat records, but keep their order.
 *
 * A gateway that cannot reach Kafka releases its leases, because others may be able to reach it. It keeps trying to
 * relay the same shards: if no gateway can reach Kafka, the first one that can again relays at once.
 */
export class RelayLeases {
  private readonly poll: Poll;
  private readonly firstRenewal = Promise.withResolvers<void>();
  private held: readonly number[] = [];
  private heldUntilMs = 0;
  private isReleased = false;

  constructor(
    private readonly database: Database,
    private readonly stall: KafkaStall,
    private readonly logger: Logger,
    /** This process, as its leases name it. */
    private readonly id: string = randomUUID(),
  ) {
    this.poll = new Poll({
      work: () => this.renew(),
      intervalMs: RENEW_MS,
      onError: (error) => logger.debug({ err: error }, 'Relay leases were not renewed; retrying'),
    });
  }

  /** The shards that this process relays now. */
  readonly shards = (): readonly number[] => (performance.now() < this.heldUntilMs ? this.held : []);

  /** Resolves after the first attempt to acquire leases. */
  async start(): Promise<void> {
    this.poll.start();
    await this.firstRenewal.promise;
  }

  /** Leaves the shards to the others at once. */
  async stop(): Promise<void> {
    await this.poll.stop();
    this.firstRenewal.resolve();
    this.held = [];
    await releaseRelayLeases.run({ relay: this.id }, this.database).catch((error: unknown) => {
      this.logger.debug({ err: error }, 'Relay leases were not released; they expire');
    });
  }

  private async renew(): Promise<void> {
    try {
      if (this.stall.kafkaStalledMs(performance.now()) > MAX_STALL_MS) await this.release();
      else await this.hold();
    } finally {
      this.firstRenewal.resolve();
    }
  }

  private async release(): Promise<void> {
    this.heldUntilMs = Infinity;
    if (!this.isReleased) this.logger.warn({ shards: this.held }, 'This process cannot send events to Kafka; other gateways relay its shards if they can');
    this.isReleased = true;
    await releaseRelayLeases.run({ relay: this.id }, this.database);
  }

  private async hold(): Promise<void> {
    this.isReleased = false;
    // Measured before the statement is sent, so that this process never counts on a lease for longer than the others do.
    const sentAtMs = performance.now();
    const rows = await holdRelayLeases.run({ relay: this.id, ttlMs: TTL_MS }, this.database);
    this.held = rows.map(({ shard }) => shard).sort((a, b) => a - b);
    this.heldUntilMs = sentAtMs + TTL_MS;
    relayShards.set(this.held.length);
  }
}
