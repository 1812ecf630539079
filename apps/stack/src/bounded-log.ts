import { mkdirSync, renameSync, statSync } from 'node:fs';
import { type WriteStream, createWriteStream } from 'node:fs';
import path from 'node:path';

const maximumBytes = 50 << 20;
const linesKept = 20;

/** A log file that is replaced at each start and at 50 MB; the previous one is kept as `<file>.1`. */
export class BoundedLog {
  private stream: WriteStream;
  private bytes = 0;
  private readonly recent: string[] = [];

  constructor(readonly file: string) {
    mkdirSync(path.dirname(file), { recursive: true });
    this.stream = this.open();
  }

  write(line: string): void {
    this.recent.push(line);
    this.recent.splice(0, this.recent.length - linesKept);
    if (this.bytes > maximumBytes) {
      this.stream.end();
      this.stream = this.open();
    }
    this.bytes += Buffer.byteLength(line) + 1;
    this.stream.write(`${line}\n`);
  }

  lastLines(): readonly string[] {
    return this.recent;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.stream.end(resolve));
  }

  private open(): WriteStream {
    this.bytes = 0;
    if ((statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) > 0) renameSync(this.file, `${this.file}.1`);
    // A full disk must not end the supervisor.
    return createWriteStream(this.file, { flags: 'a' }).on('error', () => undefined);
  }
}
