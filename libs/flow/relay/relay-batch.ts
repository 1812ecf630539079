import type { RelayRow } from './relay-source.js';

/** A record batch's own header and, generously, what each record adds to its key, value and headers. */
const BATCH_OVERHEAD_BYTES = 256;
const RECORD_OVERHEAD_BYTES = 32;
const HEADER_OVERHEAD_BYTES = 8;

/**
 * The rows that may go in one send: kafkajs puts all records for a partition in one record batch and never splits it,
 * so of each topic's partition come only its first ones up to the byte bound; the first always. All together are
 * bounded too, since a send is in memory several times over; the very first always comes.
 */
export function fitting<Row extends RelayRow>(rows: readonly Row[], { batch, send }: { readonly batch: number; readonly send: number }): Row[] {
  const bytesOf = new Map<string, number>();
  const full = new Set<number>();
  let sent = 0;
  return rows.filter((row) => {
    // A shard's later rows wait with the one that did not fit, whatever their topic: order.
    if (full.has(row.shard)) return false;
    const partition = `${row.topic}/${row.shard}`;
    const before = bytesOf.get(partition);
    const bytes = recordBytes(row);
    const after = (before ?? BATCH_OVERHEAD_BYTES) + bytes;
    if ((before !== undefined && after > batch) || (sent > 0 && sent + bytes > send)) {
      full.add(row.shard);
      return false;
    }
    bytesOf.set(partition, after);
    sent += bytes;
    return true;
  });
}

function recordBytes({ message }: RelayRow): number {
  let bytes = RECORD_OVERHEAD_BYTES + (message.value?.length ?? 0) + (message.key === null ? 0 : Buffer.byteLength(message.key));
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    bytes += HEADER_OVERHEAD_BYTES + name.length + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  }
  return bytes;
}

/** The rows by what `keyOf` says of them, in the order of their first. */
export function grouped<Row extends RelayRow, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
