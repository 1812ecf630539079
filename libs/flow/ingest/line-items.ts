import { type BatchItem, ItemBytes, type ItemCutter } from './item-bytes.js';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const BLANK = /^[\t\r ]*$/;

/** Cuts a body into lines (NDJSON). A line ends with `\n` or `\r\n`, the last one with the body. Blank lines are skipped. */
export class LineItems implements ItemCutter {
  private readonly line: ItemBytes;

  constructor(maxItemBytes: number) {
    this.line = new ItemBytes(maxItemBytes);
  }

  cut(bytes: Buffer, items: BatchItem[]): void {
    for (let start = 0; start < bytes.length; ) {
      const end = bytes.indexOf(LINE_FEED, start);
      if (end < 0) return this.line.add(bytes, start, bytes.length);
      this.line.add(bytes, start, end);
      this.end(items);
      start = end + 1;
    }
  }

  end(items: BatchItem[]): void {
    if (this.line.isEmpty) return;
    const line = this.line.take();
    if (!Buffer.isBuffer(line)) items.push(line);
    else if (!isBlank(line)) items.push(line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line);
  }
}

/** The first byte of an event's line decides, without a look at the others. */
function isBlank(line: Buffer): boolean {
  return (line[0] ?? 0) <= SPACE && BLANK.test(line.toString('latin1'));
}
