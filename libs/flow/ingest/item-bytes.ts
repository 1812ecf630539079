import { LockstepError } from '#domain/problem';

/** One item of a batch: exactly its bytes, or why they were not kept. */
export type BatchItem = Buffer | LockstepError;

/** Cuts a body into the items of a batch, however its bytes arrive. */
export interface ItemCutter {
  /**
   * Appends the items that end within these bytes.
   * @throws LockstepError invalid_request where the framing breaks; the items before are appended, and no more bytes may follow
   */
  cut(bytes: Buffer, items: BatchItem[]): void;
  /**
   * Appends what the end of the body completes.
   * @throws LockstepError invalid_request if the body must not end here
   */
  end(items: BatchItem[]): void;
}

const NOTHING = Buffer.alloc(0);

/** Collects the bytes of one item after another. Those of an item above the limit are dropped as they come. */
export class ItemBytes {
  /** With room for more. Copied at once: the pieces that a client sends may be single bytes, of which each would take 200. */
  private kept: Buffer = NOTHING;
  private length = 0;

  constructor(private readonly maxBytes: number) {}

  get isEmpty(): boolean {
    return this.length === 0;
  }

  add(bytes: Buffer, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.maxBytes) this.kept = NOTHING;
    else {
      if (length > this.kept.length) this.grow(length);
      bytes.copy(this.kept, this.length, start, end);
    }
    this.length = length;
  }

  /** The item, and a new beginning. */
  take(): BatchItem {
    const { kept, length, maxBytes } = this;
    this.kept = NOTHING;
    this.length = 0;
    if (length > maxBytes) return new LockstepError('payload_too_large', `The event has ${length} bytes, and LOCKSTEP_MAX_BODY_BYTES allows ${maxBytes}`);
    // A view would keep the room for more in memory. An item that came in one piece has none.
    return kept.length === length ? kept : Buffer.from(kept.subarray(0, length));
  }

  /** To twice the size, so that each byte is copied twice at most, on average. The first piece gets exactly its size. */
  private grow(length: number): void {
    const grown = Buffer.allocUnsafe(Math.min(Math.max(length, 2 * this.kept.length), this.maxBytes));
    this.kept.copy(grown, 0, 0, this.length);
    this.kept = grown;
  }
}
