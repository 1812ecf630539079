import { Inject, Injectable } from '@nestjs/common';
import { LeaseKeeper } from '#flow/leases/lease-keeper';
import type { Config } from '#ground/config/config';
import { ShardTransport } from '#ground/kafka/shard-transport';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';

const INTERVAL_MS = 250;

/**
 * Leaves the group when Postgres has given no leases for two TTLs, and joins it again once it does. A member without
 * leases would keep its shards from members that can have them.
 */
@Injectable()
export class StoreWatch {
  private readonly limitMs: number;
  private hasLeft = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(LeaseKeeper) private readonly leases: Pick<LeaseKeeper, 'silentMs'>,
    @Inject(ShardTransport) private readonly member: Pick<ShardTransport, 'leave' | 'rejoin'>,
    @InjectConfig() { leaseTtlMs }: Pick<Config, 'leaseTtlMs'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.limitMs = 2 * leaseTtlMs;
  }

  start(): void {
    this.timer = setInterval(() => this.check(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private check(): void {
    const isSilent = this.leases.silentMs >= this.limitMs;
    if (isSilent && !this.hasLeft) {
      this.hasLeft = true;
      this.logger.warn({ limitMs: this.limitMs }, 'Postgres gives no leases: leaving the group until it does');
      this.member.leave();
    } else if (!isSilent && this.hasLeft) {
      this.hasLeft = false;
      this.logger.info('Postgres gives leases again: joining the group');
      this.member.rejoin();
    }
  }
}
