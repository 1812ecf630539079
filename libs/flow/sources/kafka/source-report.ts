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

export interface PartitionReport {
  readonly partition: number;
  readonly topicId: string;
  readonly state: 'reading' | 'halted';
  /** Where and why it is halted. */
  readonly detail: string | undefined;
  /** Offset that the partition's next record gets. Undefined: the log was not looked at yet. */
  readonly endOffset: number | undefined;
}
