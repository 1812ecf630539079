import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const KAFKA_SEGMENT = /\.log$/;

/** Bytes that the server has written to its log so far, whoever caused them. */
export async function walBytes({ databases }) {
  const [{ bytes }] = await databases.queryServer("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as bytes");
  return Number(bytes);
}

/**
 * Rows that were inserted, updated or deleted in a database so far. A session counts its rows within ten seconds of idling
 * or when it ends: exact once all that wrote are gone.
 */
export async function rowsWritten({ databases }, database) {
  const [row] = await databases.queryServer(`select (tup_inserted + tup_updated + tup_deleted)::text as rows from pg_stat_database where datname = '${database}'`);
  return Number(row.rows);
}

/** Bytes in the logs of the topics whose names begin so: Kafka's own files, batches with their headers. */
export async function kafkaBytes({ kafkaLogFolder }, topicPrefix) {
  const folders = (await readdir(kafkaLogFolder)).filter((name) => name.startsWith(topicPrefix));
  const sizes = await Promise.all(folders.map((folder) => segmentBytes(path.join(kafkaLogFolder, folder))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function segmentBytes(folder) {
  const segments = (await readdir(folder)).filter((name) => KAFKA_SEGMENT.test(name));
  const stats = await Promise.all(segments.map((name) => stat(path.join(folder, name))));
  return stats.reduce((sum, { size }) => sum + size, 0);
}
