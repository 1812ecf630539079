/**
 * A lane: the deliveries of one (endpoint, entity) pair, one at a time and in sequence. This is the state machine
 * alone; it does no I/O and reads no clock. Its phases:
 *
 *     idle ──admit──▶ ready ──start──▶ sending ──settle──▶ ready (more to do) or idle (nothing left)
 *                       ▲                 │ └──────abort──▶ ready (the attempt doesn't count)
 *                       └──────wake── waiting ◀──postpone
 *
 * The truth is in Postgres: a lane knows where its head is, where its tail is, and holds a window of deliveries from
 * the head on as far as there is room. Whatever lies between the window's end and the tail is in Postgres and is
 * loaded when its turn comes. Not every sequence between head and tail need be pending: dead letters that are replayed
 * come before the others, and between them lies what was delivered since.
 */
export type LanePhase = 'idle' | 'ready' | 'sending' | 'waiting';

/** What a lane must know of a delivery. */
export interface Sequenced {
  readonly sequence: number;
  /** Attempts that it has had. */
  readonly attempts: number;
  /** What holding it costs. */
  readonly bytes: number;
}

/** Where a lane stands in Postgres. */
export interface LanePosition {
  /** Nothing below is pending. One above the tail when nothing is pending at all. */
  readonly headSequence: number;
  readonly tailSequence: number;
  readonly deliveredSequence: number;
  /** Attempts that the head has had. */
  readonly attempts: number;
}

/** Bounds what all windows of a process hold together. What finds no room waits in Postgres. */
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

  /** Takes it whether there is room or not. */
  force(bytes: number): void {
    this.used += bytes;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}

export type TerminalStatus = 'delivered' | 'dead' | 'discarded';

/** A broken rule of the state machine: a bug in the caller, never an outcome of outside events. */
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
  /** The tail when the head was asked for: what is loaded then is all that was pending up to here. */
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

  /** Sequence of the delivery whose turn it is; one above the tail when nothing is pending. */
  get headSequence(): number {
    return this.head;
  }

  get tailSequence(): number {
    return this.tail;
  }

  /** Deliveries that have no terminal outcome yet, at most. */
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
   * A delivery was admitted at the lane's end. It is kept in the window when it continues it and there is room.
   * @returns whether the lane has become ready by this
   */
  admit(sequence: number, item: Item | undefined): boolean {
    // At or below the tail: the lane was loaded after this admission was committed, so it knows already.
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
   * The head's turn has come: ready → sending.
   * @returns the head, or undefined when it must be loaded first (`fill`)
   */
  start(): Item | undefined {
    this.expect('ready');
    this.currentPhase = 'sending';
    this.tailAtStart = this.tail;
    return this.window[0];
  }

  /**
   * What is pending in Postgres, ascending from the head on: all of it, or its first ones.
   * @returns the head; undefined when nothing that was admitted before `start` is pending: the lane is idle, or ready
   *   when something was admitted since
   */
  fill(items: readonly Item[]): Item | undefined {
    this.expect('sending');
    this.dropWindow();
    const [head, ...followers] = items;
    if (head === undefined) {
      this.moveTo(this.tailAtStart + 1, 0);
      return undefined;
    }
    if (head.sequence < this.head) throw new LaneError(`A lane at ${this.head} was filled from ${head.sequence} on`);
    this.head = head.sequence;
    this.headAttempts = head.attempts;
    this.tail = Math.max(this.tail, head.sequence);
    // The head is kept whatever the budget says, or a full budget would stop the lane for good: the number of lanes
    // that are sending is bounded elsewhere.
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

  /** A failed attempt is committed and there will be another: sending → waiting. The window is given up meanwhile. */
  postpone(): void {
    this.expect('sending');
    this.headAttempts += 1;
    this.dropWindow();
    this.currentPhase = 'waiting';
  }

  /** The head turns out not to be due yet: sending → waiting. The window is given up meanwhile. */
  defer(): void {
    this.expect('sending');
    this.dropWindow();
    this.currentPhase = 'waiting';
  }

  /** The attempt was cut off and doesn't count: sending → ready. */
  abort(): void {
    this.expect('sending');
    this.currentPhase = 'ready';
  }

  /** The head waits for its time, as Postgres says it was left: ready → waiting. Only for a lane just loaded. */
  await(): void {
    this.expect('ready');
    this.currentPhase = 'waiting';
  }

  /**
   * The head's time has come: waiting → ready.
   * @returns false when it does not wait (any more)
   */
  wake(): boolean {
    if (this.currentPhase !== 'waiting') return false;
    this.currentPhase = 'ready';
    return true;
  }

  /** Gives back what the window takes. The lane must not be used afterwards. */
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
