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

/** Collects the bytes of one item after another. Those of an item above the limit are dropped as they come. */
export class ItemBytes {
  private pieces: Buffer[] = [];
  private length = 0;

  constructor(private readonly maxBytes: number) {}

  get isEmpty(): boolean {
    return this.length === 0;
  }

  add(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.length += end - start;
    if (this.length > this.maxBytes) this.pieces = [];
    else this.pieces.push(bytes.subarray(start, end));
  }

  /** The item, and a new beginning. It is a copy, because a view would keep all bytes that arrived with it in memory. */
  take(): BatchItem {
    const item = this.length > this.maxBytes
      ? new LockstepError('payload_too_large', `The event has ${this.length} bytes, and LOCKSTEP_MAX_BODY_BYTES allows ${this.maxBytes}`)
      : Buffer.concat(this.pieces, this.length);
    this.pieces = [];
    this.length = 0;
    return item;
  }
}
