import type { SourceRecord } from './source-record.js';

/** Records of one partition as one fetch returned them. */
export interface FetchedRecords {
  readonly records: readonly SourceRecord[];
  /** What was asked for. Offsets after it may be missing: compacted records, and markers of transactions. */
  readonly fetchedOffset: number;
  readonly nextOffset: number;
}

interface Piece extends FetchedRecords {
  /** Whether it is not what comes next, so that records before it may be lost. */
  readonly isJump: boolean;
}

/** Approximate size of a record's objects. */
const RECORD_BYTES = 256;

/** The fetched records of a partition that are not in a chunk yet. Pure. */
export class PartitionQueue {
  private readonly pieces: Piece[] = [];
  /** Within the first piece. */
  private index = 0;
  /** Offset after the last queued record. */
  private fetchedTo: number;
  private queuedBytes = 0;
  private queuedRecords = 0;

  /** @param position offset of the first record to come */
  constructor(
    readonly partition: number,
    private position: number,
  ) {
    this.fetchedTo = position;
  }

  /** Offset after the last record that was taken: where the next chunk of this partition begins. */
  get nextOffset(): number {
    return this.position;
  }

  /** What the queued records take in memory, roughly. */
  get bytes(): number {
    return this.queuedBytes;
  }

  /** Queued records. */
  get records(): number {
    return this.queuedRecords;
  }

  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  /**
   * The fetch that comes next, if it was not of the offset that comes next: kafkajs begins elsewhere when the log does not
   * have the offset that it asked for, and a fetch may have been under way when another offset was sought.
   */
  get jump(): FetchedRecords | undefined {
    const [first] = this.pieces;
    return first?.isJump === true ? first : undefined;
  }

  /** Adds a fetch. */
  push({ records, fetchedOffset, nextOffset }: FetchedRecords): void {
    const isJump = fetchedOffset !== this.fetchedTo;
    if (nextOffset <= this.fetchedTo && !isJump) return;
    this.pieces.push({ records, fetchedOffset, nextOffset, isJump });
    this.fetchedTo = nextOffset;
    this.queuedRecords += records.length;
    for (const record of records) this.queuedBytes += RECORD_BYTES + bytesOf(record);
  }

  /** The next record; undefined if there is none, or a jump comes first. */
  first(): SourceRecord | undefined {
    for (;;) {
      const [piece] = this.pieces;
      if (piece === undefined || piece.isJump) return undefined;
      const record = piece.records[this.index];
      if (record !== undefined) return record;
      // All its records were taken, or it had none.
      this.position = piece.nextOffset;
      this.pieces.shift();
      this.index = 0;
    }
  }

  /** Takes the record that `first` has returned. */
  shift(record: SourceRecord): void {
    this.index += 1;
    this.queuedRecords -= 1;
    this.queuedBytes -= RECORD_BYTES + bytesOf(record);
    this.position = Number(record.offset) + 1;
  }
}

/** Of a record in memory, without what V8 adds. */
export function bytesOf({ key, value, headers = {} }: SourceRecord): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  return bytes;
}
