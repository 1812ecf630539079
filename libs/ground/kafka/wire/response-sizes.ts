const SIZE_BYTES = 4;

/** Follows the bytes of one connection from response to response, each of which stands behind its size (four bytes). Pure. */
export class ResponseSizes {
  /** Bytes that the response under way still has. */
  private left = 0;
  /** Of the next size, as far as it has come. */
  private size = 0;
  private sizeBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /**
   * Takes the next bytes of the connection. After an error, nothing after them can be read.
   * @throws Error if they announce a response that is larger than `maxBytes`, or has a negative size
   */
  add(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      if (this.left > 0) {
        const taken = Math.min(this.left, bytes.length - at);
        this.left -= taken;
        at += taken;
      } else {
        this.addToSize(bytes.readUInt8(at));
        at += 1;
      }
    }
  }

  private addToSize(byte: number): void {
    this.size = (this.size << 8) | byte;
    this.sizeBytes += 1;
    if (this.sizeBytes < SIZE_BYTES) return;
    const { size } = this;
    if (size < 0 || size > this.maxBytes) throw new Error(`it announces a response of ${size} bytes, and at most ${this.maxBytes} are read`);
    this.left = size;
    this.size = 0;
    this.sizeBytes = 0;
  }
}
