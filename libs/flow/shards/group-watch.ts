import type { Logger } from '#ground/telemetry/logger';

interface Membership {
  readonly isHeartbeatFresh: boolean;
}

const INTERVAL_MS = 250;

/**
 * Whose shards these are, the group says; but only as long as the group is heard. A process that Kafka no longer
 * answers hands its shards over, so that a member that still has Kafka can take them; heard again, it wants them back.
 */
export class GroupWatch {
  private shards: readonly number[] = [];
  private heard = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly membership: Membership,
    private readonly assign: (shards: readonly number[]) => void,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.check(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The group has assigned these shards. */
  assigned(shards: readonly number[]): void {
    this.shards = shards;
    this.heard = true;
    this.assign(shards);
  }

  private check(): void {
    const fresh = this.membership.isHeartbeatFresh;
    if (fresh === this.heard) return;
    this.heard = fresh;
    if (!fresh) this.logger.warn('Not heard from the group for a session timeout, or not in it any more: handing the shards over');
    this.assign(fresh ? this.shards : []);
  }
}
