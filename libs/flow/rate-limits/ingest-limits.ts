import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import type { Principal } from '#ground/http/principal';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { limitNameOf } from './rate-limit-headers.js';
import { ingestRateLimited } from './rate-limits.metrics.js';
import { TokenBucketsRepository } from './token-buckets.repository.js';
import { type Taken, TokenLeases } from './token-leases.js';

/** What a principal without limits gets. */
const UNLIMITED: Taken = { granted: Infinity, limits: [] };
/** Leases need a bucket that holds more than the tokens of a statement's time. */
const MIN_BURST_MS = 100;
/** Events that wait for tokens keep their bodies in memory. */
const MAX_WAITING_BYTES = 67_108_864;

/**
 * The limits of accepted events, over all gateways. In any window of t seconds, at most
 * `max(burst, perSecond × 0.1) + perSecond × t` events pass a limit.
 */
@Injectable()
export class IngestLimits {
  private readonly leases: TokenLeases;
  private waitingBytes = 0;

  constructor(repository: TokenBucketsRepository, @InjectLogger() logger: Logger) {
    this.leases = new TokenLeases(repository, logger, { minBurstMs: MIN_BURST_MS });
  }

  start(): void {
    this.leases.start();
  }

  /** Returns unused tokens. Call it when no event comes any more. */
  async stop(): Promise<void> {
    await this.leases.stop();
  }

  /**
   * Takes tokens for `count` events from the limits of the principal's key and tenant: from both, or from none. The first
   * `granted` events may be accepted. Returns no promise without limits, or when it need not ask Postgres.
   * @param bytes of the events, which stay in memory while they wait
   * @throws LockstepError store_unavailable; overloaded
   */
  take({ ingest: { limits } }: Principal, count: number, bytes: number): Taken | Promise<Taken> {
    if (limits.length === 0) return UNLIMITED;
    if (this.waitingBytes >= MAX_WAITING_BYTES) throw new LockstepError('overloaded', 'Too many events wait for their rate limit; try again shortly', { retryAfterSeconds: 1 });
    const taken = this.leases.take(limits, count);
    return taken instanceof Promise ? this.later(taken, count, bytes) : counted(taken, count);
  }

  /**
   * As `take`, for events that wait for their tokens elsewhere: those that get none now are not refused.
   * @throws LockstepError store_unavailable; overloaded
   */
  takeAvailable({ ingest: { limits } }: Principal, count: number): Taken | Promise<Taken> {
    return limits.length === 0 ? UNLIMITED : this.leases.take(limits, count);
  }

  private async later(taking: Promise<Taken>, count: number, bytes: number): Promise<Taken> {
    this.waitingBytes += bytes;
    try {
      return counted(await taking, count);
    } finally {
      this.waitingBytes -= bytes;
    }
  }
}

function counted(taken: Taken, count: number): Taken {
  if (taken.granted < count) {
    for (const { limit, remaining } of taken.limits) if (remaining === 0) ingestRateLimited.inc({ limit: limitNameOf(limit) }, count - taken.granted);
  }
  return taken;
}
