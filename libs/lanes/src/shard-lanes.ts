import { Lane, type LanePosition, type WindowBudget } from '#domain/lane';
import type { Lease } from '#ownership/lease';
import type { DeliveryItem } from './delivery-item.js';
import { laneMapKey, type LaneName } from './lane-name.js';

/** Most deliveries that one lane holds in memory: enough to go on while the next page loads. */
const MAX_WINDOW = 32;

/** How many lanes the process holds and may hold; what is beyond waits in Postgres. */
export class LaneBudget {
  used = 0;

  constructor(readonly limit: number) {}

  get isFull(): boolean {
    return this.used >= this.limit;
  }
}

/** A lane that this process runs, with what the I/O around it needs. */
export interface LaneRecord {
  readonly name: LaneName;
  readonly lane: Lane<DeliveryItem>;
  readonly shard: ShardLanes;
  readonly endpoint: number;
  /** The event that a waiting head delivers: a retry token must be for this one. */
  waitingFor: string | undefined;
  /** When a waiting head is due, by this process's monotonic clock. */
  dueAtMs: number;
  timer: NodeJS.Timeout | undefined;
  /** The head may have been sent by the shard's owner before us, or in an attempt that was cut off. */
  redelivered: boolean;
  /** Cuts off the attempt in flight. */
  abort: (() => void) | undefined;
  /** Admission statements that had been sent when the lane became idle; see `ShardLanes.evictIdle`. */
  idleSince: number;
}

/**
 * The lanes of one shard under one lease. While it is `complete`, every lane with something pending is here, so a
 * delivery admitted to a lane that isn't here is its head. When there are more lanes than fit, it isn't complete, and
 * lanes that aren't here are paged in from Postgres as room appears.
 */
export class ShardLanes {
  private readonly records = new Map<number | string, LaneRecord>();
  private readonly idle = new Set<LaneRecord>();
  /** Heads that wait for their time. */
  readonly waiting = new Set<LaneRecord>();
  /** Lanes with an attempt, or its outcome, under way. */
  readonly busy = new Set<LaneRecord>();
  /** Ready lanes that may not be started just now. */
  readonly held = new Set<LaneRecord>();
  complete = false;
  /** Deliveries that are only in Postgres: while this rises, a pass over Postgres may have missed some. */
  missed = 0;
  /** Whether a pass over Postgres is under way. */
  loading = false;
  /** Whether attempts may be started. */
  active = false;
  /** The lease is gone, or going: no lane of this object may be touched any more. */
  dropped = false;

  constructor(
    readonly lease: Lease,
    private readonly laneBudget: LaneBudget,
    private readonly windowBudget: WindowBudget,
  ) {}

  get shard(): number {
    return this.lease.shard;
  }

  get size(): number {
    return this.records.size;
  }

  /** Whether an attempt may be started: the owner's deadline lies ahead. */
  get maySend(): boolean {
    return this.active && !this.dropped && this.lease.remainingMs() > 0;
  }

  find(name: LaneName): LaneRecord | undefined {
    return this.records.get(laneMapKey(name));
  }

  all(): Iterable<LaneRecord> {
    return this.records.values();
  }

  /** Something was, or may have been, admitted that isn't here: the next pass over Postgres brings it. */
  miss(): void {
    this.missed += 1;
    this.complete = false;
  }

  /** A new record, or undefined when the process holds as many lanes as it may. */
  add(name: LaneName, endpoint: number, position: LanePosition): LaneRecord | undefined {
    if (this.laneBudget.isFull) return undefined;
    this.laneBudget.used += 1;
    const record: LaneRecord = {
      name, endpoint, shard: this,
      lane: new Lane<DeliveryItem>(position, MAX_WINDOW, this.windowBudget),
      waitingFor: undefined, dueAtMs: 0, timer: undefined, redelivered: false, abort: undefined, idleSince: 0,
    };
    this.records.set(laneMapKey(name), record);
    return record;
  }

  /** The lane has nothing to do. It stays for a while: see `evictIdle`. */
  retire(record: LaneRecord, admissionsSent: number): void {
    record.idleSince = admissionsSent;
    this.idle.add(record);
  }

  /** The lane has something to do again. */
  revive(record: LaneRecord): void {
    this.idle.delete(record);
  }

  /**
   * Lets go of idle lanes. An admission that was sent before a lane became idle may bring it a delivery together with
   * counters from before, and a pass over Postgres may still have it as pending; so a lane stays until every such
   * admission has been applied, and while a pass is under way.
   */
  evictIdle(admissionsApplied: number): void {
    if (this.loading) return;
    for (const record of this.idle) {
      if (record.idleSince > admissionsApplied) break;
      this.remove(record);
    }
  }

  remove(record: LaneRecord): void {
    if (!this.records.delete(laneMapKey(record.name))) return;
    this.laneBudget.used -= 1;
    this.idle.delete(record);
    this.waiting.delete(record);
    this.held.delete(record);
    clearTimeout(record.timer);
    record.lane.dropWindow();
  }

  /** Cuts off every attempt in flight. */
  abortAll(): void {
    for (const { abort } of this.busy) abort?.();
  }

  /** Ends it all: nothing of this ownership may be sent, and its results change nothing here any more. */
  drop(): void {
    this.dropped = true;
    this.active = false;
    this.abortAll();
    for (const record of [...this.records.values()]) this.remove(record);
  }
}
