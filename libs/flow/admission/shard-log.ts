import type { ShardBatch } from '#ground/kafka/shard-batch';
import { eventIdOf } from './kafka-record.js';

/** How far a shard's log was read. */
export interface LogPosition {
  readonly nextOffset: number;
  /** Id of the event whose record is the one before `nextOffset`; undefined: not known, or there is none. */
  readonly lastEventId: string | undefined;
}

export type LogState = 'closed' | 'verifying' | 'reading' | 'repairing';

type Records = ShardBatch['records'];

/** What is to be done with a batch. */
export type Continuity =
  /** Nothing: the log may not be read now. */
  | { readonly kind: 'closed' }
  /** It continues what was read: these records are to be admitted. */
  | { readonly kind: 'continues'; readonly records: Records; readonly opening: number }
  /** It begins at the position, and nothing in it can be compared: Postgres is to be asked, and then `verify` called. */
  | { readonly kind: 'unverified'; readonly records: Records; readonly opening: number }
  /** Records are missing: after a repair, the log is read on from `resumeAt`. */
  | { readonly kind: 'gap'; readonly resumeAt: number }
  /** The log is another than the one that was read, or has lost its end. A repair is due. */
  | { readonly kind: 'another' };

/**
 * How one shard's log is read under one lease. This is the state machine alone; it does no I/O and reads no clock.
 *
 *     closed ──open──▶ verifying ──receive, verify──▶ reading ◀─┐ receive, advance
 *                       ▲ │ └──────────open──────────── │ └──────┘
 *                       │ └──beginRepair──▶ repairing ◀─┘ beginRepair
 *                       │                      └──endRepair──▶ reading
 *     any state ──close──▶ closed
 *
 * Invariants:
 *  1. The position moves only by records that continue it, or at the end of a repair.
 *  2. After each opening the first batch must show that the log is the one that was read: the partition is opened one
 *     record early, and that record must be the last one read. If it is not known, Postgres tells what comes first.
 *  3. Openings are numbered. What was begun under an earlier opening does not move the position.
 *  4. While a repair runs, nothing is read. An opening during a repair repeats the repair: the log may be another one.
 *  5. An admission without an answer leaves the log in doubt until the position is past its records, or a repair ends.
 */
export class ShardLog {
  private current: LogState = 'closed';
  private opening = 0;
  private repairsAgain = false;
  private unknownUpTo: number | undefined;
  /** Offset after the log's last record, as far as it is known. */
  private knownEnd: number | undefined;
  /** The opening that followed the last repair. */
  private repairedBefore = 0;

  constructor(private at: LogPosition) {}

  get state(): LogState {
    return this.current;
  }

  get position(): LogPosition {
    return this.at;
  }

  /** Records that are not admitted; undefined until the log's end is known, and during a repair. */
  get lag(): number | undefined {
    return this.knownEnd === undefined ? undefined : Math.max(0, this.knownEnd - this.at.nextOffset);
  }

  /** The number of the current opening; invariant 3. */
  get openings(): number {
    return this.opening;
  }

  get mayRead(): boolean {
    return this.current === 'verifying' || this.current === 'reading';
  }

  /** Invariant 5. */
  get isInDoubt(): boolean {
    return this.unknownUpTo !== undefined;
  }

  /** @returns the offset at which the partition is to be opened; undefined when the end of a repair opens it */
  open(): number | undefined {
    if (this.current === 'repairing') {
      this.repairsAgain = true;
      return undefined;
    }
    this.current = 'verifying';
    this.opening += 1;
    const { nextOffset, lastEventId } = this.at;
    return lastEventId === undefined ? nextOffset : nextOffset - 1;
  }

  close(): void {
    this.current = 'closed';
    this.opening += 1;
  }

  isCurrent(opening: number): boolean {
    return this.mayRead && this.opening === opening;
  }

  /** A batch has come. It is compared with what was read before. */
  receive({ records, firstOffset, logEnd }: Pick<ShardBatch, 'records' | 'firstOffset' | 'logEnd'>): Continuity {
    if (!this.mayRead) return { kind: 'closed' };
    this.knownEnd = logEnd;
    const { opening } = this;
    const { nextOffset, lastEventId } = this.at;
    const isVerified = this.current === 'reading';
    if (firstOffset > nextOffset) return { kind: 'gap', resumeAt: firstOffset };
    if (firstOffset === nextOffset) return isVerified ? this.continueWith(records) : { kind: 'unverified', records, opening };
    if (isVerified || lastEventId === undefined) return { kind: 'another' };
    const last = records.findIndex(({ offset }) => Number(offset) === nextOffset - 1);
    const record = records[last];
    // Another record in its place, or a log that ends before it.
    if (record === undefined || eventIdOf(record) !== lastEventId) return { kind: 'another' };
    return this.continueWith(records.slice(last + 1));
  }

  /** Kafka was asked where the log ends, under this opening. */
  noteEnd(opening: number, logEnd: number): void {
    if (this.isCurrent(opening)) this.knownEnd = logEnd;
  }

  /** Postgres has nothing that comes before an unverified batch. @returns false when the opening is not current */
  verify(opening: number): boolean {
    if (!this.isCurrent(opening)) return false;
    this.current = 'reading';
    return true;
  }

  /** Records up to this position were admitted. @returns false when the opening is not current: nothing has moved */
  advance(opening: number, position: LogPosition): boolean {
    if (!this.isCurrent(opening)) return false;
    this.at = position;
    if (this.unknownUpTo !== undefined && position.nextOffset >= this.unknownUpTo) this.unknownUpTo = undefined;
    return true;
  }

  /** An admission of records before this offset got no answer. A repair since its opening knows what became of it. */
  onUnknownOutcome(opening: number, nextOffset: number): void {
    if (opening < this.repairedBefore) return;
    this.unknownUpTo = Math.max(this.unknownUpTo ?? 0, nextOffset);
  }

  /** @returns false when the log is closed, or being repaired already */
  beginRepair(): boolean {
    if (!this.mayRead) return false;
    this.current = 'repairing';
    this.opening += 1;
    // It may be the end of a log that is gone.
    this.knownEnd = undefined;
    this.repairsAgain = false;
    return true;
  }

  /**
   * Everything that was accepted before the repair began is admitted.
   * @returns `reading`: the log is read on from `resumeAt`; otherwise the log is closed, or the repair is to be repeated
   */
  endRepair(resumeAt: number): 'reading' | 'again' | 'closed' {
    if (this.current !== 'repairing') return 'closed';
    if (this.repairsAgain) {
      this.repairsAgain = false;
      return 'again';
    }
    this.current = 'reading';
    this.opening += 1;
    this.at = { nextOffset: resumeAt, lastEventId: undefined };
    this.unknownUpTo = undefined;
    this.repairedBefore = this.opening;
    return 'reading';
  }

  /** Whether the log is read up to this offset. If the log is not verified, only when nothing could verify it. */
  hasReadUpTo(logEnd: number): boolean {
    const isKnown = this.current === 'reading' || (this.current === 'verifying' && this.at.lastEventId === undefined);
    return isKnown && this.at.nextOffset >= logEnd;
  }

  private continueWith(records: Records): Continuity {
    this.current = 'reading';
    return { kind: 'continues', records, opening: this.opening };
  }
}
