import { DAY_TABLES, type Day, type DayTable, type RetentionRepository } from './retention.repository.js';

export type Retirement =
  | { readonly kind: 'retired'; readonly events: number; readonly deliveries: number }
  /** The day remains writable. find-hold.sql has the reasons. */
  | { readonly kind: 'held'; readonly reason: string };

/**
 * Removes a day from the tables: freeze, check, count, detach, drop. A crash or a lock timeout may interrupt it anywhere;
 * the next run continues from the state in Postgres. Each day is counted exactly once, because one commit stores the
 * counts and marks the day as retired.
 */
export class DayRetirement {
  constructor(private readonly repository: RetentionRepository) {}

  /** Retires an overdue day unless something holds it. @throws what Postgres throws; a later call continues */
  async retire(day: Day): Promise<Retirement> {
    const { repository } = this;
    const reason = await this.holdOf(day);
    if (reason !== undefined) {
      await this.thaw(day);
      return { kind: 'held', reason };
    }
    const counts = await repository.retire(day);
    await this.drop(day.day);
    return { kind: 'retired', ...counts };
  }

  /** Drops the remaining partitions of a retired day. */
  async drop(day: string): Promise<void> {
    for (const table of DAY_TABLES) await this.dropPartition(table, day);
    await this.repository.close(day);
  }

  /** Makes a day writable again that an earlier run has left frozen. */
  async thaw(day: Day): Promise<void> {
    await this.repository.freeze(day, false);
  }

  /** Checks before the freeze, so that a day that is held for long is not frozen each time, and again after it. */
  private async holdOf(day: Day): Promise<string | undefined> {
    const { repository } = this;
    const reason = await repository.holdOf(day);
    if (reason !== undefined) return reason;
    await repository.freeze(day, true);
    return repository.holdOf(day);
  }

  private async dropPartition(table: DayTable, day: string): Promise<void> {
    const { repository } = this;
    for (;;) {
      switch (await repository.stateOf(table, day)) {
        case 'attached':
          await repository.detach(table, day);
          break;
        case 'detaching':
          await repository.finishDetaching(table, day);
          break;
        case 'detached':
          await repository.drop(table, day);
          break;
        case 'dropped':
          return;
      }
    }
  }
}
