import { DAY_TABLES, type Day, type DayTable, type RetentionRepository } from './retention.repository.js';

export type Retirement =
  | { readonly kind: 'retired'; readonly events: number; readonly deliveries: number }
  /** The day stays, and may be written to; find-hold.sql has the reasons. */
  | { readonly kind: 'held'; readonly reason: string };

/**
 * Takes a day out of the tables: freeze, look, count, detach, drop. It may be interrupted anywhere, by a crash or by a
 * lock that it doesn't get in time: whoever comes next goes on from what is there, and a day is counted exactly once,
 * since its counts and the row that says "retired" are one commit.
 */
export class DayRetirement {
  constructor(private readonly repository: RetentionRepository) {}

  /** Retires an overdue day, unless something holds it. @throws what Postgres throws; doing it again goes on */
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

  /** Drops what is left of a day that is retired. */
  async drop(day: string): Promise<void> {
    for (const table of DAY_TABLES) await this.dropPartition(table, day);
    await this.repository.close(day);
  }

  /** Makes a day writable again that a former run has left frozen. */
  async thaw(day: Day): Promise<void> {
    await this.repository.freeze(day, false);
  }

  /** Looks before it freezes the day, so that a day which is held for long is not frozen again and again; and after. */
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
        case 'gone':
          return;
      }
    }
  }
}
