import { parseTimestamp } from '#flow/ingest/timestamp';
import type { LogEndsReader } from '#ground/kafka/log-ends';
import type { PartitionStart } from './kafka-sources.repository.js';

/** Each has a row in Postgres and a gauge. The cluster, which may be another's, says how many there are. */
const MAX_PARTITIONS = 10_000;

/** Where the partitions of a topic begin, by the source's `startAt`. @throws Error if there are too many; as `LogEndsReader` */
export async function partitionStarts(logs: Pick<LogEndsReader, 'read' | 'offsetsSince'>, startAt: string): Promise<PartitionStart[]> {
  const since = parseTimestamp(startAt);
  const offsets = since === undefined ? undefined : await logs.offsetsSince(since.getTime());
  const ends = await logs.read();
  if (ends.size > MAX_PARTITIONS) throw new Error(`The topic has ${ends.size} partitions, and a source reads at most ${MAX_PARTITIONS}`);
  return [...ends].map(([partition, { start, end }]) => ({
    partition,
    startOffset: offsets === undefined ? (startAt === 'latest' ? end : start) : Math.max(offsets.get(partition) ?? start, start),
    earliestOffset: start,
  }));
}
