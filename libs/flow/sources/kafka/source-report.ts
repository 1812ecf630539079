import type { InvalidRecord } from './source-record.js';

/** What a gateway sees of a source that it reads. */
export interface SourceReport {
  /** The source's narrow key. */
  readonly source: number;
  readonly state: ReaderState;
  /** Why it is failing. */
  readonly detail: string | undefined;
  readonly partitions: readonly PartitionReport[];
}

export type ReaderState = 'connecting' | 'reading' | 'failing';

/** A record at which its partition stops. */
export interface Halt {
  readonly partition: number;
  readonly offset: number;
  readonly invalid: InvalidRecord;
}

export interface PartitionReport {
  readonly partition: number;
  readonly topicId: string;
  /** Undefined: it is read. */
  readonly halt: Halt | undefined;
  /** Offset that the partition's next record gets. Undefined: the log was not looked at yet. */
  readonly endOffset: number | undefined;
}
