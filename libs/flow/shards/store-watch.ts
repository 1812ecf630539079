import type { Logger } from '#ground/telemetry/logger';

interface Store {
  /** How long the leases could not be read or renewed. */
  readonly silentMs: number;
}

interface Group {
  leave(): void;
  rejoin(): void;
}

const INTERVAL_MS = 250;

/**
 * Leaves the group when Postgres has not answered for too long, and comes back once it does: a member that gets no
 * lease keeps its shards from those that could have them.
 */
export class StoreWatch {
  private away = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: Store,
    private readonly group: Group,
    private readonly limitMs: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.check(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private check(): void {
    const silent = this.store.silentMs >= this.limitMs;
    if (silent && !this.away) {
      this.away = true;
      this.logger.warn({ limitMs: this.limitMs }, 'Postgres gives no leases: leaving the group until it does');
      this.group.leave();
    } else if (!silent && this.away) {
      this.away = false;
      this.logger.info('Postgres gives leases again: joining the group');
      this.group.rejoin();
    }
  }
}
