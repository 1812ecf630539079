import { Lane, type LanePosition, type WindowBudget } from '#domain/lane';
import type { Lease } from '#flow/leases/lease';
import type { DeliveryItem } from './delivery-item.js';
import { laneMapKey, type LaneName } from '#domain/lane-name';

/** Most deliveries that one lane holds in memory: enough to go on while the next page loads. */
const MAX_WINDOW = 32;

/**
 * How many lanes the process holds and may hold; what is beyond waits in Postgres. One endpoint gets two thirds of it at
 * most, so that the others find room beside one whose every lane is stuck.
 */
export class LaneBudget {
  private readonly usedBy = new Map<number, number>();
  private readonly share: number;
  private total = 0;

  constructor(private readonly limit: number) {
    this.share = Math.ceil((limit * 2) / 3);
  }

  get used(): number {
    return this.total;
  }

  take(endpoint: number): boolean {
    const used = this.usedBy.get(endpoint) ?? 0;
    if (this.total >= this.limit || used >= this.share) return false;
    this.total += 1;
    this.usedBy.set(endpoint, used + 1);
    return true;
  }

  give(endpoint: number): void {
    this.total -= 1;
    this.usedBy.set(endpoint, (this.usedBy.get(endpoint) ?? 1) - 1);
  }

  /** Endpoints without room for a tenth of their share: a look into Postgres for lanes of theirs isn't worth it. */
  get crowded(): readonly number[] {
    return [...this.usedBy].filter(([, used]) => used >= this.share * 0.9).map(([endpoint]) => endpoint);
  }

  /** Whether there is room for an endpoint's lanes that have nothing to do for long. */
  isRoomyFor(endpoint: number): boolean {
    return this.total < this.limit / 2 && (this.usedBy.get(endpoint) ?? 0) < this.share / 2;
  }

  /** Whether nobody gets room for a tenth of the whole. */
  get isCrowded(): boolean {
    return this.total >= this.limit * 0.9;
  }
}

/** Why nothing of a lane is started: an operator has paused it, or a dead letter of an endpoint with `dlqPolicy: halt`. */
export type LaneStop = 'paused' | 'halted';

export function stopOf(paused: boolean, halted: boolean): LaneStop | undefined {
  if (paused) return 'paused';
  return halted ? 'halted' : undefined;
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
  /** The head may have been sent: by the shard's owner before us, or in an attempt of which no outcome is known. */
  redelivered: boolean;
  /** Cuts off the attempt in flight. */
  abort: (() => void) | undefined;
  /** Admission statements that had been sent when the lane became idle; see `ShardLanes.evictIdle`. */
  idleSince: number;
  /** Nothing is started while this is set; set by `ShardLanes.stop`. */
  stopped: LaneStop | undefined;
  /** When it came to a halt here, by this process's monotonic clock: what was read before doesn't know of it. */
  haltedAtMs: number;
  /** In its endpoint's queue. */
  queued: boolean;
  /** Not run by this process any more. */
  removed: boolean;
  /** What waits for the lane's next idle point: it is let go of then, and taken anew from Postgres afterwards. */
  atIdle: (() => void)[];
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
  /** Lanes of which nothing is started until an operator says so. */
  readonly stopped = new Set<LaneRecord>();
  /** Whether every lane with something pending is here. */
  complete = false;
  /** Whether it ever was: until then a head that is loaded may have been sent by a former owner. */
  wasComplete = false;
  /** Lanes that an operator's action is being applied to in Postgres: nobody may take them up meanwhile. */
  private readonly closedOff = new Map<number, number>();
  /** Lanes that were let go of while their head may have been sent: it still may when they come back. */
  private readonly doubtful = new Set<number | string>();
  /** Deliveries that are only in Postgres: while this rises, a pass over Postgres may have missed some. */
  missed = 0;
  /** Whether a pass over Postgres is under way. */
  loading = false;
  /** When the next pass may begin, by this process's monotonic clock. */
  nextPassAtMs = 0;
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

  /** Keeps the lane from being taken up here until `reopen`. Calls add up. */
  closeOff(lane: number): void {
    this.closedOff.set(lane, (this.closedOff.get(lane) ?? 0) + 1);
  }

  reopen(lane: number): void {
    const calls = (this.closedOff.get(lane) ?? 1) - 1;
    if (calls > 0) this.closedOff.set(lane, calls);
    else this.closedOff.delete(lane);
  }

  /** A new record, or undefined when there is no room for it, or it is closed off. */
  add(name: LaneName, endpoint: number, position: LanePosition): LaneRecord | undefined {
    if (name.kind === 'lane' && this.closedOff.has(name.lane)) return undefined;
    if (!this.laneBudget.take(endpoint)) return undefined;
    const key = laneMapKey(name);
    const record: LaneRecord = {
      name, endpoint, shard: this,
      lane: new Lane<DeliveryItem>(position, MAX_WINDOW, this.windowBudget),
      waitingFor: undefined, dueAtMs: 0, timer: undefined, redelivered: this.doubtful.delete(key), abort: undefined, idleSince: 0,
      stopped: undefined, haltedAtMs: -Infinity, queued: false, removed: false, atIdle: [],
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
    if (record.removed) return;
    record.removed = true;
    const key = laneMapKey(record.name);
    this.records.delete(key);
    if (record.redelivered) this.doubtful.add(key);
    this.laneBudget.give(record.endpoint);
    this.idle.delete(record);
    this.waiting.delete(record);
    this.held.delete(record);
    this.stopped.delete(record);
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
