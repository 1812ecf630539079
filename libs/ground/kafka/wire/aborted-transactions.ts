/** Parts of a record batch, as kafkajs decodes it. */
export interface DecodedBatch {
  readonly firstOffset: string;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly records: readonly DecodedRecord[];
}

interface DecodedRecord {
  readonly key: Buffer | null;
  /** kafkajs hands out no control records, and moves on behind them. */
  isControlRecord: boolean;
}

/** A transaction of which a fetch has records, and which was aborted. */
interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/** In the key of a control record (https://kafka.apache.org/documentation/#controlbatch): behind the version, the type. */
const CONTROL_TYPE_AT = 2;
const ABORT = 0;

/**
 * Hides the records of aborted transactions in one partition of a fetch, whose batches it sees in their order. A transaction
 * begins at its first offset and ends with the marker of its producer, as for Kafka's own consumer. kafkajs 2.2.4 mixes up
 * transactions that overlap, and takes any record whose key is four zero bytes for a marker.
 */
export class AbortedTransactions {
  /** Those that begin later. Brokers sort them by their ends. */
  private readonly coming: AbortedTransaction[];
  /** Producers whose transaction under way was aborted. */
  private readonly producers = new Set<string>();

  constructor(transactions: readonly AbortedTransaction[]) {
    this.coming = transactions.toSorted((one, other) => Number(BigInt(one.firstOffset) - BigInt(other.firstOffset)));
  }

  /** Makes control records of the batch's records, if they were aborted. */
  hideRecordsOf(batch: DecodedBatch): void {
    if (!batch.inTransaction) return;
    this.beginUpTo(BigInt(batch.firstOffset) + BigInt(batch.lastOffsetDelta));
    if (!this.producers.has(batch.producerId)) return;
    if (!batch.isControlBatch) for (const record of batch.records) record.isControlRecord = true;
    else if (isAbort(batch)) this.producers.delete(batch.producerId);
  }

  private beginUpTo(lastOffset: bigint): void {
    for (let [next] = this.coming; next !== undefined && BigInt(next.firstOffset) <= lastOffset; [next] = this.coming) {
      this.coming.shift();
      this.producers.add(next.producerId);
    }
  }
}

/** The only record of a control batch may be gone, after compaction. */
function isAbort({ records: [marker] }: DecodedBatch): boolean {
  return marker?.key?.readInt16BE(CONTROL_TYPE_AT) === ABORT;
}
