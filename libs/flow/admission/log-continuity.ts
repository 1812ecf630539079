import type { LogPosition } from './admission.repository.js';
import { eventIdOf } from './kafka-record.js';
import type { ShardBatch } from '#ground/kafka/shard-batch';

type Records = ShardBatch['records'];

/** Whether a batch continues what was read. */
export type Continuity =
  | { readonly kind: 'continues'; readonly records: Records }
  /** It begins where reading was to go on, and there is nothing to compare it with: Postgres is to be asked. */
  | { readonly kind: 'unknown'; readonly records: Records }
  /** Records are missing: once that is made good, reading goes on at `resumeAt`. */
  | { readonly kind: 'gap'; readonly resumeAt: number }
  /** The log is another than the one that was read, or its end is lost. */
  | { readonly kind: 'another' };

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
  if (firstOffset > nextOffset) return { kind: 'gap', resumeAt: firstOffset };
  // Unchecked, too, when the record before is not there any more: it was as old as retention allows.
  if (firstOffset === nextOffset) return { kind: checked || lastEventId !== undefined ? 'continues' : 'unknown', records };
  if (checked || lastEventId === undefined) return { kind: 'another' };
  const last = records.findIndex(({ offset }) => Number(offset) === nextOffset - 1);
  const record = records[last];
  if (record !== undefined && eventIdOf(record) === lastEventId) return { kind: 'continues', records: records.slice(last + 1) };
  // Another record in its place, or a log that ends before it.
  return { kind: 'another' };
}
