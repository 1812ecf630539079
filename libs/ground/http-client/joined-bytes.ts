/** Bytes that arrive in parts of any size, in one buffer: a buffer for each part takes a hundred bytes, however short the part is. */
export class JoinedBytes {
  private buffer = Buffer.alloc(0);
  private length = 0;

  /** @param limit more bytes are dropped */
  constructor(private readonly limit: number) {}

  /** Adds a copy. */
  add(part: Buffer): void {
    const length = Math.min(this.limit, this.length + part.length);
    if (length > this.buffer.length) this.grow(length);
    part.copy(this.buffer, this.length, 0, length - this.length);
    this.length = length;
  }

  /** Stay as they are when more are added. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** The first part often is the only one, and gets a buffer of its size. Later ones double it. */
  private grow(length: number): void {
    const larger = Buffer.allocUnsafe(Math.min(this.limit, Math.max(length, 2 * this.buffer.length)));
    this.buffer.copy(larger);
    this.buffer = larger;
  }
}
