/**
 * What memory knows of one shard's pending deliveries, under one lease. This is the state machine alone; it does no I/O
 * and reads no clock. Postgres has the truth. Memory learns of it from the answers of admissions, from scans that page
 * through the shard, and from reads of single lanes.
 *
 *     incomplete ──a scan that left nothing out, without a doubt since it began──▶ complete
 *         ▲                                                                          │
 *         └─────────────── a doubt: Postgres may hold what memory does not know ─────┘
 *
 * Invariants:
 *  1. While `isComplete`, every pending delivery is in a lane in memory, or in an admission whose answer is under way.
 *     A delivery admitted to a lane that is not in memory is then that lane's head.
 *  2. A scan completes the shard only if nothing was left out and no doubt came up since the scan began. A scan of a
 *     complete shard that leaves something out ends the completeness.
 *  3. A statement without an answer may commit at any time. The shard stays incomplete until it is known what became of
 *     the statement, and then needs a scan that begins later: an earlier one may have read Postgres before the commit.
 *  4. A lane that is closed, because Postgres is changing it or is being asked for it, is not added to memory. Closing and
 *     reopening it are doubts: admissions and pages that met it closed have left its deliveries in Postgres.
 *  5. A page shows each lane as it was at some time since its read began. So its head is compared with the head that
 *     memory had then, not with where the lane has moved since. A lower one means dead letters that are being replayed.
 *  6. While a scan is under way no idle lane is evicted: a page may still show its last delivery as pending.
 *  7. Until the shard was complete once, a head that is loaded may have been sent by a former owner. A head that may have
 *     been sent when its lane was evicted still may have been when the lane returns.
 *  8. A scan that begins while the shard is complete is an audit, until a doubt comes up. What an audit adds was in no
 *     lane by a fault, provided that all admissions sent before its page arrived were applied first.
 *  9. An incomplete shard may lack nothing but lanes of endpoints that have used up their share of the lane budget, and were
 *     left out by its last scan. It needs no scan while they have: there would be no room for what it finds.
 */
export class ShardCoverage {
  private complete = false;
  private everComplete = false;
  /** Invariant 9; undefined: the shard may lack other lanes, too. */
  private lackedEndpoints: ReadonlySet<number> | undefined;
  private doubts = 0;
  private scan: Scan | undefined;
  private readonly unanswered = new Set<StatementSource>();
  /** How many times each lane is closed. */
  private readonly closed = new Map<number, number>();
  private readonly maybeSent = new Set<LaneKey>();

  get isComplete(): boolean {
    return this.complete;
  }

  /** Invariant 7. */
  get wasComplete(): boolean {
    return this.everComplete;
  }

  get isScanning(): boolean {
    return this.scan !== undefined;
  }

  /** Invariant 8. */
  get isAuditing(): boolean {
    return this.scan?.audits === true && this.scan.doubts === this.doubts;
  }

  /** Invariant 9. @param full endpoints that have used up their share of the lane budget */
  needsScan(full: ReadonlySet<number>): boolean {
    return !this.complete && (this.lackedEndpoints === undefined || [...this.lackedEndpoints].some((endpoint) => !full.has(endpoint)));
  }

  /** Postgres may hold deliveries that memory does not know. The next scan loads them. */
  markIncomplete(): void {
    this.doubts += 1;
    this.complete = false;
    this.lackedEndpoints = undefined;
  }

  /** An admitted delivery of the endpoint is only in Postgres. That is no doubt if lanes of the endpoint are left out anyway. */
  onNotTaken(endpoint: number): void {
    const lacked = this.scan === undefined ? this.lackedEndpoints : this.scan.lackedEndpoints;
    if (lacked?.has(endpoint) !== true) this.markIncomplete();
  }

  /** A statement that may make deliveries pending got no answer; invariant 3. */
  onUnknownOutcome(source: StatementSource): void {
    this.unanswered.add(source);
    this.markIncomplete();
  }

  /** It is known what became of all statements of this source. */
  onOutcomeKnown(source: StatementSource): void {
    if (this.unanswered.delete(source)) this.markIncomplete();
  }

  /** An answer says that some of what was asked for was committed before, perhaps by a statement without an answer. */
  onCommittedBefore(): void {
    this.markIncomplete();
  }

  /** Invariant 4. Calls add up. */
  close(lane: number): void {
    this.closed.set(lane, (this.closed.get(lane) ?? 0) + 1);
    this.markIncomplete();
  }

  reopen(lane: number): void {
    const times = (this.closed.get(lane) ?? 1) - 1;
    if (times > 0) this.closed.set(lane, times);
    else this.closed.delete(lane);
    this.markIncomplete();
  }

  isClosed(lane: number): boolean {
    return this.closed.has(lane);
  }

  beginScan(): void {
    if (this.scan !== undefined) throw new Error('A scan of the shard is under way');
    this.scan = { doubts: this.doubts, audits: this.complete, leftOut: false, lackedEndpoints: new Set(), headsAtPage: new Map() };
    this.lackedEndpoints = undefined;
  }

  /** The next page's read begins. */
  beginPage(): void {
    this.scan?.headsAtPage.clear();
  }

  /** The lane moves away from this head; invariant 5. */
  onMove(lane: object, head: number): void {
    if (this.scan !== undefined && !this.scan.headsAtPage.has(lane)) this.scan.headsAtPage.set(lane, head);
  }

  /** @returns the head that the lane had in memory when the page's read began; @param head the one that it has now */
  headAtPage(lane: object, head: number): number {
    return this.scan?.headsAtPage.get(lane) ?? head;
  }

  /** The scan leaves something in Postgres that is not in memory as it is there. */
  leaveOut(): void {
    if (this.scan !== undefined) this.scan.leftOut = true;
  }

  /** The scan leaves out the lanes of these endpoints; invariant 9. */
  leaveOutLanesOf(endpoints: readonly number[]): void {
    for (const endpoint of endpoints) this.scan?.lackedEndpoints.add(endpoint);
  }

  /** The scan has seen every page. */
  endScan(): void {
    const { scan } = this;
    if (scan === undefined) return;
    this.scan = undefined;
    const { lackedEndpoints } = scan;
    const lacksOnlyThem = !scan.leftOut && scan.doubts === this.doubts && this.unanswered.size === 0 && this.closed.size === 0;
    this.complete = lacksOnlyThem && lackedEndpoints.size === 0;
    this.lackedEndpoints = lacksOnlyThem && lackedEndpoints.size > 0 ? lackedEndpoints : undefined;
    this.everComplete ||= this.complete;
  }

  /** The scan failed: it says nothing. */
  abandonScan(): void {
    this.scan = undefined;
  }

  /** The lane leaves memory; invariant 7. */
  onRemoved(lane: LaneKey, headMaybeSent: boolean): void {
    if (headMaybeSent) this.maybeSent.add(lane);
  }

  /** The lane comes into memory. @returns whether its head may have been sent when it was there before */
  onAdded(lane: LaneKey): boolean {
    return this.maybeSent.delete(lane);
  }
}

/** Statements that make deliveries pending, by who sends them and asks again after an unknown outcome. */
export type StatementSource = 'log' | 'repair' | 'sweep' | 'replay' | 'catch-up';

type LaneKey = number | string;

interface Scan {
  /** Doubts when it began. */
  readonly doubts: number;
  readonly audits: boolean;
  leftOut: boolean;
  readonly lackedEndpoints: Set<number>;
  /** Heads of lanes that have moved since the page's read began, as they were then. */
  readonly headsAtPage: Map<object, number>;
}
