const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const SEMICOLON = 59;

/** Most bytes of a chunk's head, or of all trailers. They are read and dropped. */
const MAX_OVERHEAD_BYTES = 65_536;

type Phase =
  /** Before and within the digits of a size; behind them; after a CR that ends the line. */
  | 'size-start' | 'size' | 'size-end' | 'extension' | 'size-line-feed'
  | 'data' | 'data-end' | 'data-line-feed'
  /** At the start of a line behind the last chunk, within it, and after a CR at its start. */
  | 'trailer-start' | 'trailer' | 'trailer-line-feed'
  | 'done' | 'unreadable';

/**
 * Reads a chunked body (RFC 9112, 7.1). It accepts lines that end with LF alone, spaces around sizes, extensions, and
 * trailers of any form; `isStrict` says whether there was none of this.
 */
export class ChunkedBody {
  isStrict = true;
  /** Why the body can't be read on. */
  problem = '';
  private phase: Phase = 'size-start';
  private size = 0;
  private overheadBytes = 0;

  /** Whether the end of the body was read, trailers included. */
  get isDone(): boolean {
    return this.phase === 'done';
  }

  get isUnreadable(): boolean {
    return this.phase === 'unreadable';
  }

  /** Whether the last chunk was read: then nothing of the content is missing (RFC 9112, 8). */
  get isWhole(): boolean {
    const { phase } = this;
    return phase === 'trailer-start' || phase === 'trailer' || phase === 'trailer-line-feed' || phase === 'done';
  }

  /** Reads from `from` to `to`, or to the body's end. @returns the position behind what was read */
  read(bytes: Buffer, from: number, to: number, onData: (data: Buffer) => void): number {
    let at = from;
    while (at < to && this.phase !== 'done' && this.phase !== 'unreadable') {
      if (this.phase === 'data') {
        const end = Math.min(to, at + this.size);
        this.size -= end - at;
        if (this.size === 0) this.phase = 'data-end';
        const data = bytes.subarray(at, end);
        at = end;
        onData(data);
      } else {
        this.step(bytes[at] ?? 0);
        at += 1;
      }
    }
    return at;
  }

  private step(byte: number): void {
    this.overheadBytes += 1;
    if (this.overheadBytes > MAX_OVERHEAD_BYTES) return this.stopAtLimit();
    switch (this.phase) {
      case 'size-start':
      case 'size': {
        const digit = digitOf(byte);
        if (digit < 0) return this.endSize(byte);
        this.phase = 'size';
        this.size = this.size * 16 + digit;
        if (this.size > Number.MAX_SAFE_INTEGER) this.fail('the size of a chunk is too large');
        return;
      }
      case 'size-end':
        return this.endSize(byte);
      case 'extension':
        if (byte === LINE_FEED) this.beginData();
        return;
      case 'size-line-feed':
        return byte === LINE_FEED ? this.beginData() : this.fail('the size of a chunk is not a hexadecimal number');
      case 'data-end':
        if (byte === CARRIAGE_RETURN) this.phase = 'data-line-feed';
        else if (byte === LINE_FEED) this.accept('size-start');
        else this.fail('a chunk is longer than its size');
        return;
      case 'data-line-feed':
        if (byte === LINE_FEED) this.phase = 'size-start';
        else this.fail('a chunk is longer than its size');
        return;
      case 'trailer-start':
        if (byte === CARRIAGE_RETURN) this.phase = 'trailer-line-feed';
        else this.accept(byte === LINE_FEED ? 'done' : 'trailer');
        return;
      case 'trailer-line-feed':
        if (byte === LINE_FEED) this.phase = 'done';
        else this.accept('trailer');
        return;
      case 'trailer':
        if (byte === LINE_FEED) this.phase = 'trailer-start';
        return;
      case 'data':
      case 'done':
      case 'unreadable':
        return;
    }
  }

  /** A byte at the start of a size or behind its digits. */
  private endSize(byte: number): void {
    const isRead = this.phase !== 'size-start';
    if (byte === SPACE || byte === TAB) this.accept(isRead ? 'size-end' : 'size-start');
    else if (!isRead) this.fail('the size of a chunk is not a hexadecimal number');
    else if (byte === CARRIAGE_RETURN) this.phase = 'size-line-feed';
    else if (byte === SEMICOLON) this.accept('extension');
    else if (byte === LINE_FEED) {
      this.isStrict = false;
      this.beginData();
    } else this.fail('the size of a chunk is not a hexadecimal number');
  }

  private beginData(): void {
    this.overheadBytes = 0;
    this.phase = this.size === 0 ? 'trailer-start' : 'data';
  }

  /** Goes on although the byte is not as RFC 9112 requires. */
  private accept(phase: Phase): void {
    this.isStrict = false;
    this.phase = phase;
  }

  private fail(problem: string): void {
    this.isStrict = false;
    this.problem = problem;
    this.phase = 'unreadable';
  }

  private stopAtLimit(): void {
    if (this.isWhole) this.accept('done');
    else this.fail(`the head of a chunk is longer than ${MAX_OVERHEAD_BYTES} bytes`);
  }
}

/** The value of a hexadecimal digit, or -1. */
function digitOf(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
