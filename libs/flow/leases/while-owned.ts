import type { Logger } from '#ground/telemetry/logger';
import type { Lease } from './lease.js';

const RETRY_MS = 250;

export interface Retrying {
  readonly logger: Logger;
  /** What fails, for the log: "Cannot …". */
  readonly failure: string;
  /** Give up when the handover begins, or only when the lease is lost. */
  readonly until: 'draining' | 'lost';
}

/**
 * Does something for a shard, again until it succeeds: Postgres may be away for a long time.
 * @returns the result; undefined when the ownership has ended in the meantime
 */
export async function whileOwned<T>(lease: Lease, { logger, failure, until }: Retrying, work: () => Promise<T>): Promise<T | undefined> {
  const isOurs = (): boolean => !lease.isLost && (until === 'lost' || lease.state !== 'draining');
  while (isOurs()) {
    try {
      const result = await work();
      return isOurs() ? result : undefined;
    } catch (error) {
      logger.warn({ err: error, shard: lease.shard }, `${failure}; trying again`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return undefined;
}
