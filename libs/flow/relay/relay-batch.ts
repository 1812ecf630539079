import type { RelayRow } from './relay-source.js';

/** Upper bounds for the header of a record batch, and for what each record and each header adds to its content. */
const BATCH_OVERHEAD_BYTES = 256;
const RECORD_OVERHEAD_BYTES = 32;
const HEADER_OVERHEAD_BYTES = 8;

/**
 * The rows that fit into one send. kafkajs puts all records of a partition into one record batch and never splits it, so
 * `batch` limits the bytes for each partition. `send` limits the bytes of all, since a send is in memory several times.
 * The first row of a partition fits into any batch, and the first row of all into any send.
 */
export function fitting<Row extends RelayRow>(rows: readonly Row[], { batch, send }: { readonly batch: number; readonly send: number }): Row[] {
  const bytesOf = new Map<string, number>();
  const full = new Set<number>();
  let sent = 0;
  return rows.filter((row) => {
    // To keep the order, a shard's later rows wait with the one that did not fit, even those for other topics.
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

/** Groups rows by key. Groups are in the order of their first rows. */
export function grouped<Row extends RelayRow, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
