import { randomUUID } from 'node:crypto';
import type { Database } from '#ground/postgres/pool';
import type { Logger } from '#ground/telemetry/logger';
import { holdRelayLeases } from './hold-relay-leases.queries.js';
import { releaseRelayLeases } from './release-relay-leases.queries.js';
import { relayShards } from './relay.metrics.js';

const RENEW_MS = 1_000;
const TTL_MS = 3_000;
/** A relay that has moved nothing for this long leaves its shards to the others. */
const STUCK_MS = 3_000;

export interface RelayLeasesOptions {
  /** For how long the relay could not work, in milliseconds. */
  readonly stuckForMs: () => number;
  readonly logger: Logger;
}

/**
 * Shares the shards out among the gateways that are alive, so that they do not all relay the same rows. Only thrift:
 * two gateways that both think a shard theirs repeat records and break no order.
 *
 * So one that can't reach Kafka, and perhaps alone can't, gives its leases up and goes on trying all the same: whoever
 * can takes them, and when nobody can, whoever can first goes on at once.
 */
export class RelayLeases {
  private readonly id = randomUUID();
  private held: readonly number[] = [];
  private heldUntilMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private renewing: Promise<void> = Promise.resolve();
  private stopped = false;
  private yielding = false;

  constructor(
    private readonly database: Database,
    private readonly options: RelayLeasesOptions,
  ) {}

  /** The shards that are ours now. */
  readonly shards = (): readonly number[] => (performance.now() < this.heldUntilMs ? this.held : []);

  /** Resolves after the first claim. */
  async start(): Promise<void> {
    await this.renew();
    this.schedule();
  }

  /** Leaves the shards to the others at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.renewing;
    this.held = [];
    await releaseRelayLeases.run({ relay: this.id }, this.database).catch((error: unknown) => {
      this.options.logger.debug({ err: error }, 'The relay leases were not released; they expire');
    });
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.renew().then(() => this.schedule()), RENEW_MS);
  }

  private renew(): Promise<void> {
    const stuck = this.options.stuckForMs() > STUCK_MS;
    this.renewing = (stuck ? this.yield() : this.hold()).catch((error: unknown) => {
      this.options.logger.debug({ err: error }, 'The relay leases were not renewed; trying again');
    });
    return this.renewing;
  }

  /** Not renewed, but tried on. */
  private async yield(): Promise<void> {
    this.heldUntilMs = Infinity;
    if (!this.yielding) this.options.logger.warn({ shards: this.held }, 'Events can not be moved to Kafka from here: other gateways do it if they can');
    this.yielding = true;
    await releaseRelayLeases.run({ relay: this.id }, this.database);
  }

  private async hold(): Promise<void> {
    this.yielding = false;
    // Counted from before it is sent, so that we never think a shard ours for longer than the others do.
    const sentAtMs = performance.now();
    const rows = await holdRelayLeases.run({ relay: this.id, ttlMs: TTL_MS }, this.database);
    this.held = rows.map(({ shard }) => shard).sort((a, b) => a - b);
    this.heldUntilMs = sentAtMs + TTL_MS;
    relayShards.set(this.held.length);
  }
}
