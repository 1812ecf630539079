import { Injectable } from '@nestjs/common';
import { RetryReader } from '#flow/retries/retry-reader';
import type { RetryHandler, RetryToken } from '#flow/retries/retry-token';
import { LaneRunner } from './lane-runner.js';
import { OpenShards } from './open-shards.js';

/** Wakes waiting heads when their retry tokens come due. */
@Injectable()
export class TokenRedeemer implements RetryHandler {
  constructor(
    private readonly shards: OpenShards,
    private readonly runner: LaneRunner,
    retries: RetryReader,
  ) {
    retries.handleWith(this);
  }

  mayRead(shard: number): boolean {
    return this.shards.find(shard)?.lease.mayRead === true;
  }

  /** Only for the attempt that the head waits for, under this ownership: any other token is stale. */
  wake(shard: number, token: RetryToken): 'woken' | 'stale' {
    const lanes = this.shards.find(shard);
    const record = lanes?.find(token.name);
    if (lanes === undefined || record === undefined || lanes.lease.epoch !== token.epoch || record.lane.phase !== 'waiting') return 'stale';
    if (record.waitingFor !== token.delivery.eventId || record.lane.attempts + 1 !== token.attempt) return 'stale';
    const remainingMs = record.dueAtMs - performance.now();
    if (remainingMs > 0) this.runner.wakeAfter(record, remainingMs);
    else this.runner.wake(record);
    return 'woken';
  }
}
