/**
 * A lane: the deliveries of one (endpoint, entity) pair, one at a time and in sequence. This is the state machine
 * alone; it does no I/O and reads no clock. Its phases:
 *
 *     idle ──admit──▶ ready ──start──▶ sending ──settle──▶ ready (more to do) or idle (nothing pending)
 *                       ▲                 │ └──────abort──▶ ready (the attempt does not count)
 *                       └──────wake── waiting ◀──postpone, defer
 *
 * Postgres has all deliveries. A lane knows its head and its tail, and holds a window of deliveries from the head on.
 * Deliveries behind the window are loaded when their turn comes. Invariants:
 *
 * 1. At most one delivery is being sent: the head. It is the lowest pending sequence.
 * 2. No delivery below the head is pending. Not every sequence from head to tail is: replayed dead letters come first, and
 *    deliveries between them may be done.
 * 3. The window is a prefix of what is pending from the head on, or empty.
 * 4. The budget holds exactly the bytes of all windows.
 */
export type LanePhase = 'idle' | 'ready' | 'sending' | 'waiting';

/** A delivery, as far as a lane looks at it. */
export interface Sequenced {
  readonly sequence: number;
  /** Attempts so far. */
  readonly attempts: number;
  /** Its share of the window budget. */
  readonly bytes: number;
}

/** Where a lane stands in Postgres. */
export interface LanePosition {
  /** Nothing below is pending. One above the tail if nothing is pending at all. */
  readonly headSequence: number;
  readonly tailSequence: number;
  readonly deliveredSequence: number;
  /** Attempts that the head has had. */
  readonly attempts: number;
}

/** Bounds the bytes in all windows of a process. Deliveries beyond it stay in Postgres. */
export class WindowBudget {
  private used = 0;

  constructor(private readonly limitBytes: number) {}

  get usedBytes(): number {
    return this.used;
  }

  take(bytes: number): boolean {
    if (this.used + bytes > this.limitBytes) return false;
    this.used += bytes;
    return true;
  }

  /** Takes the bytes, also beyond the limit. */
  force(bytes: number): void {
    this.used += bytes;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}

export type TerminalStatus = 'delivered' | 'dead' | 'discarded';

/** A bug in the caller: it broke a rule of the state machine. Outside events never cause it. */
export class LaneError extends Error {
  override readonly name = 'LaneError';
  readonly code = 'lane_misused';
}

export class Lane<Item extends Sequenced> {
  private readonly window: Item[] = [];
  private currentPhase: LanePhase = 'idle';
  private head: number;
  private tail: number;
  private lastDelivered: number;
  private headAttempts: number;
  /** The tail at `start`. A load that begins later sees all that is pending up to here. */
  private tailAtStart = 0;

  /**
   * @param position where the lane stands
   * @param maxWindow most deliveries held in memory
   */
  constructor(position: LanePosition, private readonly maxWindow: number, private readonly budget: WindowBudget) {
    this.head = position.headSequence;
    this.tail = position.tailSequence;
    this.lastDelivered = position.deliveredSequence;
    this.headAttempts = position.attempts;
    if (this.head <= this.tail) this.currentPhase = 'ready';
  }

  get phase(): LanePhase {
    return this.currentPhase;
  }

  /** Sequence of the delivery whose turn it is; one above the tail if nothing is pending. */
  get headSequence(): number {
    return this.head;
  }

  get tailSequence(): number {
    return this.tail;
  }

  /** Upper bound of the pending deliveries. */
  get depth(): number {
    return this.tail - this.head + 1;
  }

  get deliveredSequence(): number {
    return this.lastDelivered;
  }

  /** Attempts that the head has had. */
  get attempts(): number {
    return this.headAttempts;
  }

  /**
   * Adds a delivery at the tail. The window keeps it if it directly follows and the budget allows it.
   * @returns whether this made the lane ready
   */
  admit(sequence: number, item: Item | undefined): boolean {
    // The lane was loaded after this admission was committed, and knows the delivery.
    if (sequence <= this.tail) return false;
    this.tail = sequence;
    if (item !== undefined && sequence === this.windowEnd + 1 && this.window.length < this.maxWindow && this.budget.take(item.bytes)) {
      this.window.push(item);
    }
    if (this.currentPhase !== 'idle') return false;
    this.currentPhase = 'ready';
    return true;
  }

  /**
   * Begins with the head: ready → sending.
   * @returns the head, or undefined if it must be loaded first (`fill`)
   */
  start(): Item | undefined {
    this.expect('ready');
    this.currentPhase = 'sending';
    this.tailAtStart = this.tail;
    return this.window[0];
  }

  /**
   * Fills the window.
   * @param items the first deliveries that are pending in Postgres from the head on, ascending; or all of them
   * @returns the head. Undefined if no delivery that the lane knows of is pending: the lane is then idle, or ready if one was
   *   admitted since `start`. What Postgres has behind the tail, an admission or a scan is about to report
   */
  fill(items: readonly Item[]): Item | undefined {
    this.expect('sending');
    this.dropWindow();
    const [head, ...followers] = items;
    if (head === undefined || head.sequence > this.tail) {
      this.moveTo(this.tailAtStart + 1, 0);
      return undefined;
    }
    if (head.sequence < this.head) throw new LaneError(`A lane at ${this.head} was filled from ${head.sequence} on`);
    this.head = head.sequence;
    this.headAttempts = head.attempts;
    // A full budget must not stop the lane, so the head is always kept. The scheduler bounds the lanes that are sending.
    this.budget.force(head.bytes);
    this.window.push(head);
    for (const item of followers) {
      if (item.sequence <= this.windowEnd || this.window.length >= this.maxWindow || !this.budget.take(item.bytes)) break;
      this.window.push(item);
    }
    return head;
  }

  /**
   * The head's terminal outcome is committed: sending → ready or idle.
   * @returns whether there is more to do
   */
  settle(status: TerminalStatus): boolean {
    this.expect('sending');
    const done = this.window.shift();
    if (done !== undefined) this.budget.give(done.bytes);
    if (status === 'delivered') this.lastDelivered = Math.max(this.lastDelivered, this.head);
    const next = this.window[0];
    this.moveTo(next?.sequence ?? this.head + 1, next?.attempts ?? 0);
    return this.phase === 'ready';
  }

  /** A failed attempt is committed, and a retry follows: sending → waiting. Frees the window. */
  postpone(): void {
    this.expect('sending');
    this.headAttempts += 1;
    this.dropWindow();
    this.currentPhase = 'waiting';
  }

  /** The head is not due yet: sending → waiting. Frees the window. */
  defer(): void {
    this.expect('sending');
    this.dropWindow();
    this.currentPhase = 'waiting';
  }

  /** The attempt was aborted and does not count: sending → ready. */
  abort(): void {
    this.expect('sending');
    this.currentPhase = 'ready';
  }

  /** The head waits for its retry, according to Postgres: ready → waiting. Only for a lane that was just loaded. */
  await(): void {
    this.expect('ready');
    this.currentPhase = 'waiting';
  }

  /**
   * The head is due: waiting → ready.
   * @returns false if the lane is not waiting
   */
  wake(): boolean {
    if (this.currentPhase !== 'waiting') return false;
    this.currentPhase = 'ready';
    return true;
  }

  /** Frees the window. */
  dropWindow(): void {
    for (const { bytes } of this.window) this.budget.give(bytes);
    this.window.length = 0;
  }

  private moveTo(head: number, attempts: number): void {
    this.head = head;
    this.headAttempts = attempts;
    this.currentPhase = this.head <= this.tail ? 'ready' : 'idle';
  }

  private get windowEnd(): number {
    return this.window.at(-1)?.sequence ?? this.head - 1;
  }

  private expect(phase: LanePhase): void {
    if (this.currentPhase !== phase) throw new LaneError(`A lane that is ${this.currentPhase} was treated as ${phase}`);
  }
}
