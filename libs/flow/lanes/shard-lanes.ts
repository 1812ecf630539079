import { Lane, type LanePosition, type WindowBudget } from '#domain/lane';
import { laneMapKey, type LaneName } from '#domain/lane-name';
import type { Lease } from '#flow/leases/lease';
import type { DeliveryItem } from './delivery-item.js';
import type { LaneBudget } from './lane-budget.js';
import type { LaneStop } from './lane-stop.js';
import { ScanSchedule } from './scan-schedule.js';
import { ShardCoverage } from './shard-coverage.js';

/** Most deliveries that one lane holds in memory: enough to send while the next window loads. */
const MAX_WINDOW = 32;

/** A lane in memory, with what the I/O around it needs. There are up to 150,000: each field counts. */
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
  /** The head may have been sent: by the shard's owner before us, or in an attempt without a known outcome. */
  redelivered: boolean;
  /** Aborts the attempt in flight. */
  abort: (() => void) | undefined;
  /** Admission statements that had been sent when the lane became idle; see `ShardLanes.evictIdle`. */
  idleSince: number;
  /** Nothing is started while this is set; set by `ShardLanes.stop`. */
  stopped: LaneStop | undefined;
  /** When it came to a halt here, by this process's monotonic clock: what was read before does not know of it. */
  haltedAtMs: number;
  /** In its endpoint's queue. */
  queued: boolean;
  /** No longer in memory. */
  removed: boolean;
  /** Called at the lane's next idle point, once the lane is removed. */
  atIdle: (() => void)[] | undefined;
}

/** The lanes of one shard that are in memory, under one lease, by what they are doing. */
export class ShardLanes {
  /** What memory knows of the lanes in Postgres. */
  readonly coverage: ShardCoverage;
  readonly scans = new ScanSchedule(performance.now());
  private readonly records = new Map<number | string, LaneRecord>();
  private readonly idle = new Set<LaneRecord>();
  /** Heads that wait for their time. */
  readonly waiting = new Set<LaneRecord>();
  /** Lanes with an attempt, or its outcome, under way. */
  readonly busy = new Set<LaneRecord>();
  /** Ready lanes whose shard may not send at the moment. */
  readonly held = new Set<LaneRecord>();
  /** Lanes of which nothing is started until an operator says so. */
  readonly stopped = new Set<LaneRecord>();
  constructor(
    readonly lease: Lease,
    private readonly laneBudget: LaneBudget,
    private readonly windowBudget: WindowBudget,
    coverage = new ShardCoverage(),
  ) {
    this.coverage = coverage;
  }

  get shard(): number {
    return this.lease.shard;
  }

  get size(): number {
    return this.records.size;
  }

  find(name: LaneName): LaneRecord | undefined {
    return this.records.get(laneMapKey(name));
  }

  all(): Iterable<LaneRecord> {
    return this.records.values();
  }

  /** A new record; undefined when the budget has no room for it, or the lane is closed. */
  add(name: LaneName, endpoint: number, position: LanePosition): LaneRecord | undefined {
    if (name.kind === 'lane' && this.coverage.isClosed(name.lane)) return undefined;
    if (!this.laneBudget.take(endpoint)) return undefined;
    const key = laneMapKey(name);
    const record: LaneRecord = {
      name, endpoint, shard: this,
      lane: new Lane<DeliveryItem>(position, MAX_WINDOW, this.windowBudget),
      waitingFor: undefined, dueAtMs: 0, timer: undefined, redelivered: this.coverage.onAdded(key), abort: undefined,
      idleSince: 0, stopped: undefined, haltedAtMs: -Infinity, queued: false, removed: false, atIdle: undefined,
    };
    this.records.set(key, record);
    return record;
  }

  stop(record: LaneRecord, stop: LaneStop | undefined): void {
    record.stopped = stop;
    if (stop === undefined) this.stopped.delete(record);
    else this.stopped.add(record);
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
   * Evicts idle lanes. An admission that was sent before a lane became idle may bring it a delivery together with
   * counters from before. So a lane stays until every such admission was applied, and while a scan is under way
   * (ShardCoverage, invariant 6).
   */
  evictIdle(admissionsApplied: number): void {
    if (this.coverage.isScanning) return;
    for (const record of this.idle) {
      if (record.idleSince > admissionsApplied) break;
      this.remove(record);
    }
  }

  /** Evicts a lane that still has something pending: the next scan loads it again. */
  evict(record: LaneRecord): void {
    this.remove(record);
    this.coverage.markIncomplete();
  }

  remove(record: LaneRecord): void {
    if (record.removed) return;
    record.removed = true;
    const key = laneMapKey(record.name);
    this.records.delete(key);
    this.coverage.onRemoved(key, record.redelivered);
    this.laneBudget.give(record.endpoint);
    this.idle.delete(record);
    this.waiting.delete(record);
    this.held.delete(record);
    this.stopped.delete(record);
    clearTimeout(record.timer);
    record.lane.dropWindow();
  }

  /** Aborts every attempt in flight. */
  abortAll(): void {
    for (const { abort } of this.busy) abort?.();
  }

  /** The lease is lost: memory keeps none of its lanes, and attempts are aborted. */
  drop(): void {
    this.abortAll();
    for (const record of [...this.records.values()]) this.remove(record);
  }
}
