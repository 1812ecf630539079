import { createRequire } from 'node:module';

interface Batch {
  readonly fetchedOffset: string;
  isEmpty(): boolean;
  firstOffset(): string | null;
}

// An internal file of kafkajs 2.2.4, whose version is pinned. A test fails when it changes.
const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/batch.js') as { prototype: Batch };
const original = Object.getOwnPropertyDescriptor(prototype, 'firstOffset')?.value as Batch['firstOffset'];

/**
 * Lets `firstOffset` in the event END_BATCH_PROCESS be the offset that was asked for, if nothing of the batch is handed out. By
 * itself kafkajs tells of such a batch where its first marker is, or nothing if compaction has left none: not whether it
 * follows what was read before.
 */
export function tellFetchedOffsets(): void {
  prototype.firstOffset = function (this: Batch): string | null {
    return this.isEmpty() ? this.fetchedOffset : original.call(this);
  };
}
