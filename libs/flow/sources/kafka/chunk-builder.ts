import { BATCH_BYTES, BATCH_ITEMS } from '#flow/ingest/ingest.service';
import type { Principal } from '#ground/http/principal';
import { bytesOf, type PartitionQueue } from './partition-queue.js';
import type { RecordAcceptor } from './record-acceptor.js';
import type { Advance, ChunkEntry, RecordChunk } from './record-chunk.js';
import type { RecordReader } from './record-reader.js';
import type { ReadRecord } from './source-record.js';
import type { Halt } from './source-report.js';

export interface BuiltChunk extends RecordChunk {
  readonly halts: readonly Halt[];
}

export interface ChunkBuilderOptions {
  readonly topic: string;
  readonly principal: Principal;
  readonly reader: RecordReader;
  readonly checker: Pick<RecordAcceptor, 'check'>;
  readonly haltsAtInvalid: boolean;
}

/** Takes records from the queues of a source's partitions, and makes a chunk of them. */
export class ChunkBuilder {
  private turn = 0;

  constructor(private readonly options: ChunkBuilderOptions) {}

  /**
   * @param queues of the partitions that are read; another one begins each time
   * @param maxEvents events that may be taken now
   * @param isCurrent whether a queue still counts: it may have been replaced meanwhile
   * @throws LockstepError store_unavailable, after which the records that were taken are lost to their queues
   */
  async build(queues: readonly PartitionQueue[], maxEvents: number, isCurrent: (queue: PartitionQueue) => boolean): Promise<BuiltChunk> {
    const entries: ChunkEntry[] = [];
    const advances: Advance[] = [];
    const halts: Halt[] = [];
    const bounds = { events: maxEvents, bytes: BATCH_BYTES, records: BATCH_ITEMS };
    this.turn += 1;
    for (let i = 0; i < queues.length && isOpen(bounds); i++) {
      const queue = queues[(this.turn + i) % queues.length];
      if (queue === undefined) break;
      const before = entries.length;
      const expectedOffset = queue.nextOffset;
      const halt = await this.take(queue, entries, bounds, isCurrent);
      if (!isCurrent(queue)) {
        entries.length = before;
        continue;
      }
      if (halt !== undefined) halts.push(halt);
      if (queue.nextOffset > expectedOffset) advances.push({ partition: queue.partition, expectedOffset, nextOffset: queue.nextOffset });
    }
    return { entries, advances, halts };
  }

  private async take(queue: PartitionQueue, entries: ChunkEntry[], bounds: Bounds, isCurrent: (queue: PartitionQueue) => boolean): Promise<Halt | undefined> {
    const { reader, topic, haltsAtInvalid } = this.options;
    const { partition } = queue;
    const place = { topic, partition };
    for (let record = queue.first(); record !== undefined && isOpen(bounds); record = queue.first()) {
      const checking = this.check(reader.read(record, place));
      const read = checking instanceof Promise ? await checking : checking;
      if (!isCurrent(queue)) return undefined;
      const offset = Number(record.offset);
      if (read.kind === 'invalid' && haltsAtInvalid) return { partition, offset, invalid: read };
      queue.shift(record);
      entries.push({ partition, offset, record, read });
      bounds.records -= 1;
      bounds.bytes -= bytesOf(record);
      if (read.kind === 'event') bounds.events -= 1;
    }
    return undefined;
  }

  private check(read: ReadRecord): ReadRecord | Promise<ReadRecord> {
    return this.options.checker.check(this.options.principal, read);
  }
}

interface Bounds {
  events: number;
  bytes: number;
  records: number;
}

/** Whether another record may come. A chunk exceeds its bytes by less than one record. */
function isOpen({ events, bytes, records }: Bounds): boolean {
  return events > 0 && bytes > 0 && records > 0;
}
