import { Inject, Injectable } from '@nestjs/common';
import { ShardTransport } from '#ground/kafka/shard-transport';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { ShardSupervisor } from './shard-supervisor.js';

const INTERVAL_MS = 250;

/**
 * Trusts the group's assignment while heartbeats are fresh. Without one for a session timeout, the process gives its
 * shards up, so that a member that still reaches Kafka can own them. When heartbeats return, it asks for them again.
 */
@Injectable()
export class GroupWatch {
  private shards: readonly number[] = [];
  private isFresh = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ShardTransport) private readonly member: Pick<ShardTransport, 'isHeartbeatFresh' | 'onAssigned'>,
    @Inject(ShardSupervisor) private readonly supervisor: Pick<ShardSupervisor, 'assign'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    member.onAssigned((shards) => this.assigned(shards));
  }

  start(): void {
    this.timer = setInterval(() => this.check(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The group has assigned these shards. */
  private assigned(shards: readonly number[]): void {
    this.shards = shards;
    this.isFresh = true;
    this.supervisor.assign(shards);
  }

  private check(): void {
    const isFresh = this.member.isHeartbeatFresh;
    if (isFresh === this.isFresh) return;
    this.isFresh = isFresh;
    if (!isFresh) this.logger.warn('No heartbeat for a session timeout, or no longer in the group: handing the shards over');
    this.supervisor.assign(isFresh ? this.shards : []);
  }
}
