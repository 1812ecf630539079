import type { DeliveryKey } from '#domain/ids';
import type { LaneName } from '#domain/lane-name';

/**
 * A retry token as commit-outcomes.sql writes it: a hint that a head may be due. The lane's own state decides whether it
 * is, and whether it is this attempt's turn.
 */
export interface RetryToken {
  readonly name: LaneName;
  readonly delivery: DeliveryKey;
  /** The number of the attempt that is to be made. */
  readonly attempt: number;
  /** The epoch under which the token was written: for a later owner the token is stale. */
  readonly epoch: number;
}

/** What retry tokens are for: the lanes of the shards that are owned here. */
export interface RetryHandler {
  /** Whether the shard's retries may be read: its lanes are loaded, and it is not being handed over. */
  mayRead(shard: number): boolean;
  /** @returns whether the token's head was waiting for just this */
  wake(shard: number, token: RetryToken): 'woken' | 'stale';
}

/** The token in a record's value, or undefined when it is not one. */
export function parseRetryToken(value: Buffer | null): RetryToken | undefined {
  if (value === null) return undefined;
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(value.toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { eventId, endpoint, replay, lane, attempt, epoch } = fields ?? {};
  if (typeof eventId !== 'string' || typeof endpoint !== 'number' || typeof replay !== 'number') return undefined;
  if (typeof attempt !== 'number' || typeof epoch !== 'number') return undefined;
  const delivery = { eventId, endpoint, replay };
  const name: LaneName = typeof lane === 'number' ? { kind: 'lane', lane } : { kind: 'unordered', delivery };
  return { name, delivery, attempt, epoch };
}
