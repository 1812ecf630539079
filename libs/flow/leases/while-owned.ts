import type { Logger } from '#ground/telemetry/logger';
import type { OwnedShard } from '#flow/shards/owned-shard';

const RETRY_MS = 250;

/**
 * Does something for a shard, again and again until it succeeds; Postgres may be away for as long as it likes.
 * @param owned for as long as this shard is neither lost nor being handed over; with `ending: undefined`, only not lost
 * @returns its result, or undefined when that has ended meanwhile
 */
export async function whileOwned<T>(owned: Pick<OwnedShard, 'lanes' | 'ending'>, logger: Logger, failure: string, work: () => Promise<T>): Promise<T | undefined> {
  const { lanes } = owned;
  const isOurs = (): boolean => !lanes.dropped && owned.ending === undefined;
  while (isOurs()) {
    try {
      const result = await work();
      return isOurs() ? result : undefined;
    } catch (error) {
      logger.warn({ err: error, shard: lanes.shard }, `${failure}; trying again`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return undefined;
}
