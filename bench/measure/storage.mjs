import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const KAFKA_SEGMENT = /\.log$/;

/** Bytes of WAL that the server has written so far, for all databases. */
export async function walBytes({ databases }) {
  const [{ bytes }] = await databases.queryServer("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as bytes");
  return Number(bytes);
}

/**
 * Rows inserted, updated or deleted in a database so far. A session reports its rows after ten seconds of idling, or when
 * it ends, so the number is exact once all writers have disconnected.
 */
export async function rowsWritten({ databases }, database) {
  const [row] = await databases.queryServer(`select (tup_inserted + tup_updated + tup_deleted)::text as rows from pg_stat_database where datname = '${database}'`);
  return Number(row.rows);
}

/** Bytes in the log files of the topics whose names start with the prefix, batch headers included. */
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
