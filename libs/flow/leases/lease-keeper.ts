import { Injectable } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import { elapsedMs, now } from '#domain/clock';
import type { Logger } from '#ground/telemetry/logger';
import { Lease, type LeaseHolder } from './lease.js';
import { type LeaseRow, LeaseWatch } from './lease-watch.js';
import { LeasesRepository } from './leases.repository.js';
import { leaseChanges } from './leases.metrics.js';

/** What hears of the leases that this process acquires and loses. */
export interface LeaseListener {
  /** The lease is ours: statements with its epoch pass, and what earlier owners committed is visible. */
  onAcquired(lease: Lease): void;
  /** Another owner has the shard: nothing of it may be sent or written any more. */
  onLost(lease: Lease): void;
  /** The owner's deadline has passed without a renewal: nothing may be sent until `onResumed`. */
  onSuspended(lease: Lease): void;
  onResumed(lease: Lease): void;
}

/**
 * Acquires and renews the leases of the shards that this process is to own. One statement a round for all leases;
 * rounds are a tenth of the TTL apart, or less while a wanted lease is not ours yet.
 */
@Injectable()
export class LeaseKeeper implements LeaseHolder {
  private readonly listeners: LeaseListener[] = [];
  private readonly watch: LeaseWatch;
  private readonly ttlMs: number;
  private readonly held = new Map<number, Lease>();
  private readonly suspended = new Set<number>();
  private readonly acquiring = new Set<number>();
  /** No longer held, and not given back yet. */
  private readonly released = new Set<Lease>();
  private wanted: ReadonlySet<number> = new Set();
  private answeredAt = now();
  private stopped = false;
  private loop: Promise<void> | undefined;
  private deadlineTimer: NodeJS.Timeout | undefined;
  private wakeUp: () => void = () => undefined;

  constructor(
    private readonly leases: LeasesRepository,
    @InjectConfig() { leaseTtlMs }: Pick<Config, 'leaseTtlMs'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.ttlMs = leaseTtlMs;
    this.watch = new LeaseWatch(leaseTtlMs);
  }

  /** This process, as its leases name it in Postgres. */
  get owner(): string {
    return this.leases.owner;
  }

  /** Adds a listener, before `start`. */
  listen(listener: LeaseListener): void {
    this.listeners.push(listener);
  }

  start(): void {
    this.answeredAt = now();
    this.watchDeadlines();
    this.loop = this.run();
  }

  /** Ends the rounds. Leases that are held stay so until they expire: release them first. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wakeUp();
    await this.loop;
    clearTimeout(this.deadlineTimer);
  }

  /** Which shards are to be owned from now on. Leases of others are kept until they are released. */
  want(shards: readonly number[]): void {
    this.wanted = new Set(shards);
    this.wakeUp();
  }

  /** Time since Postgres last answered about leases, in milliseconds. */
  get silentMs(): number {
    return elapsedMs(this.answeredAt);
  }

  lease(shard: number): Lease | undefined {
    return this.held.get(shard);
  }

  /**
   * Gives a lease back for the next owner to take at once. Only after everything under it has ended. When Postgres does
   * not take it, it is tried again in each round: until then it is free only when it expires.
   */
  async release(lease: Lease): Promise<void> {
    if (this.held.get(lease.shard) !== lease) return;
    this.forget(lease);
    leaseChanges.inc({ change: 'released' });
    this.released.add(lease);
    await this.giveBack();
  }

  /** A statement was refused: another owner has the shard. */
  fenced(lease: Lease): void {
    if (this.held.get(lease.shard) !== lease) return;
    this.forget(lease);
    leaseChanges.inc({ change: 'lost' });
    for (const listener of this.listeners) listener.onLost(lease);
  }

  private async giveBack(): Promise<void> {
    const leases = [...this.released];
    if (leases.length === 0) return;
    await this.leases.release(leases);
    for (const lease of leases) this.released.delete(lease);
  }

  private forget(lease: Lease): void {
    lease.end();
    this.held.delete(lease.shard);
    this.suspended.delete(lease.shard);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const startedAt = now();
      try {
        await this.round();
      } catch (error) {
        this.logger.warn({ err: error }, 'Cannot read or renew leases; trying again');
      }
      const intervalMs = this.missing().length > 0 ? 100 : this.ttlMs / 10;
      await this.pause(Math.max(20, intervalMs - elapsedMs(startedAt)));
    }
  }

  private async round(): Promise<void> {
    await this.renew();
    await this.giveBack();
    const seenAt = now();
    // Seen before the rows were read: a lease never looks unchanged for longer than it was.
    this.watch.observe(await this.leases.watch(), seenAt);
    this.answeredAt = seenAt;
    // Not awaited: this waits for statements of the former owner, and renewals must not.
    for (const shard of this.missing()) if (!this.acquiring.has(shard)) void this.acquire(shard);
  }

  private async renew(): Promise<void> {
    const leases = [...this.held.values()];
    if (leases.length === 0) return;
    const sentAt = now();
    const renewed = new Set(await this.leases.renew(leases));
    for (const lease of leases) {
      if (this.held.get(lease.shard) !== lease) continue;
      if (!renewed.has(lease.shard)) {
        this.fenced(lease);
        continue;
      }
      lease.renewed(sentAt);
      // An answer that took until the deadline confirms nothing.
      if (lease.remainingMs() > 0 && this.suspended.delete(lease.shard)) this.resume(lease);
    }
    this.watchDeadlines();
  }

  private resume(lease: Lease): void {
    lease.resume();
    for (const listener of this.listeners) listener.onResumed(lease);
  }

  private async acquire(shard: number): Promise<void> {
    const seen = this.watch.availableLease(shard, now());
    if (seen === undefined) return;
    this.acquiring.add(shard);
    try {
      await this.acquireSeen(seen);
    } catch (error) {
      this.logger.warn({ err: error, shard }, 'Cannot acquire a lease; trying again');
    } finally {
      this.acquiring.delete(shard);
    }
  }

  private async acquireSeen(seen: LeaseRow): Promise<void> {
    const { shard } = seen;
    const acquiredAt = now();
    const epoch = await this.leases.acquire(seen);
    if (epoch === undefined) return;
    const lease = new Lease(shard, epoch, this.ttlMs, acquiredAt, this);
    if (!this.wanted.has(shard) || this.stopped) {
      this.released.add(lease);
      return this.giveBack();
    }
    this.held.set(shard, lease);
    leaseChanges.inc({ change: 'acquired' });
    for (const listener of this.listeners) listener.onAcquired(lease);
    this.watchDeadlines();
  }

  /**
   * Notices the owner's deadlines in time, by a timer of its own: a round that waits for a Postgres that does not answer
   * ends long after them.
   */
  private watchDeadlines(): void {
    clearTimeout(this.deadlineTimer);
    this.checkDeadlines();
    // At least every tenth of the TTL: wall time counts too, and may be stepped.
    const delayMs = Math.max(20, Math.min(this.ttlMs / 10, this.untilNextDeadlineMs()));
    this.deadlineTimer = setTimeout(() => this.watchDeadlines(), delayMs);
  }

  private checkDeadlines(): void {
    const at = now();
    for (const lease of this.held.values()) {
      if (lease.remainingMs(at) > 0 || this.suspended.has(lease.shard)) continue;
      this.suspended.add(lease.shard);
      leaseChanges.inc({ change: 'suspended' });
      lease.suspend();
      for (const listener of this.listeners) listener.onSuspended(lease);
    }
  }

  private untilNextDeadlineMs(): number {
    const at = now();
    const ahead = [...this.held.values()].filter(({ shard }) => !this.suspended.has(shard)).map((lease) => lease.remainingMs(at));
    return Math.min(...ahead, Infinity);
  }

  private missing(): number[] {
    return [...this.wanted].filter((shard) => !this.held.has(shard));
  }

  private pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
