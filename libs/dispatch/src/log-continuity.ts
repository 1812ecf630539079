import type { LogPosition } from '#admission/admission.repository';
import { eventIdOf } from '#admission/kafka-record';
import type { ShardBatch } from '#kafka/shard-batch';

type Records = ShardBatch['records'];

/** Whether a batch continues what was read. */
export type Continuity =
  | { readonly kind: 'continues'; readonly records: Records }
  /** Records are missing, or the log is another: once what may be missing is made good, reading goes on at `resumeAt`. */
  | { readonly kind: 'broken'; readonly resumeAt: number };

/** Where the shard's partition is to be opened: one record early, when that record tells whether the log is the same. */
export function openingOffset({ nextOffset, lastEventId }: LogPosition): number {
  return lastEventId === undefined ? nextOffset : nextOffset - 1;
}

/**
 * Compares a batch with what was read before.
 * @param checked whether the log is known to be the same; if not, the partition was opened at `openingOffset`
 */
export function continuityOf(position: LogPosition, checked: boolean, batch: Pick<ShardBatch, 'records' | 'firstOffset'>): Continuity {
  const { nextOffset, lastEventId } = position;
  const { records, firstOffset } = batch;
  // Unchecked, too, when the record before is not there any more: it was as old as retention allows.
  if (firstOffset === nextOffset) return { kind: 'continues', records };
  if (checked || firstOffset > nextOffset) return { kind: 'broken', resumeAt: firstOffset };
  const last = records.findIndex(({ offset }) => Number(offset) === nextOffset - 1);
  const record = records[last];
  if (record !== undefined && eventIdOf(record) === lastEventId) return { kind: 'continues', records: records.slice(last + 1) };
  // Another record in its place, or a log that ends before it: made anew. It may have grown since, so from its start.
  return { kind: 'broken', resumeAt: 0 };
}
