import { parseTimestamp } from '#flow/ingest/timestamp';
import type { LogEndsReader } from '#ground/kafka/log-ends';
import type { PartitionStart } from './kafka-sources.repository.js';

/** Where the partitions of a topic begin, by the source's `startAt`. @throws as `LogEndsReader` */
export async function partitionStarts(logs: LogEndsReader, startAt: string): Promise<PartitionStart[]> {
  const since = parseTimestamp(startAt);
  const offsets = since === undefined ? undefined : await logs.offsetsSince(since.getTime());
  const ends = await logs.read();
  return [...ends].map(([partition, { start, end }]) => ({
    partition,
    startOffset: offsets === undefined ? (startAt === 'latest' ? end : start) : Math.max(offsets.get(partition) ?? start, start),
    earliestOffset: start,
  }));
}
