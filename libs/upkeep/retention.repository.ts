import type pg from 'pg';
import { type Database, databaseOf } from '#ground/postgres/pool';
import { closeDay } from './close-day.queries.js';
import { findDays } from './find-days.queries.js';
import { findHold } from './find-hold.queries.js';
import { findOpenDay } from './find-open-day.queries.js';
import { findPartitionState } from './find-partition-state.queries.js';
import { freezePartition } from './freeze-partition.queries.js';
import { retireDay } from './retire-day.queries.js';

/**
 * The tables of a day, in the order of the drop. Events first: a late Kafka record without its event counts as retired,
 * but one that lacks only its inbox row would be admitted a second time.
 */
export const DAY_TABLES = ['events', 'inbox', 'deliveries', 'attempts'] as const;
export type DayTable = (typeof DAY_TABLES)[number];

/** Without attempts, which only outcomes of pending deliveries add. Deliveries last, because their freeze affects others. */
const FROZEN_TABLES: readonly DayTable[] = ['events', 'inbox', 'deliveries'];

export interface Day {
  /** `YYYYMMDD` in UTC, the suffix of its partitions. */
  readonly day: string;
  readonly firstId: string;
  /** The lowest id above those of the day. */
  readonly endId: string;
  /** Refuses new rows and changed outcomes. */
  readonly frozen: boolean;
  /** Its retention is over. */
  readonly overdue: boolean;
}

export type PartitionState = 'attached' | 'detaching' | 'detached' | 'dropped';

const STATES: readonly string[] = ['attached', 'detaching', 'detached', 'dropped'] satisfies PartitionState[];
const DAY = /^\d{8}$/;

/**
 * Above the time for which our statements hold a lock, and below deadlock_timeout (1 s): finishing a detachment locks the
 * partition while it waits for older snapshots, and Postgres would end a reader with such a snapshot as a deadlock.
 */
const LOCK_TIMEOUT = '500ms';

/** Retention's statements, on a connection of its own. Not a provider: it lives as long as a sweep's connection. */
export class RetentionRepository {
  private constructor(
    private readonly client: pg.ClientBase,
    private readonly database: Database,
  ) {}

  /** @param client must not return to a pool, because its settings change */
  static async on(client: pg.ClientBase): Promise<RetentionRepository> {
    await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`);
    // The statements read one whole day or nothing, which the planner sees by the values of the bounds.
    await client.query('set plan_cache_mode = force_custom_plan');
    await client.query("set work_mem = '64MB'");
    return new RetentionRepository(client, databaseOf(client));
  }

  /** A retired day that is not dropped yet. */
  async openDay(): Promise<string | undefined> {
    const [open] = await findOpenDay.run(undefined, this.database);
    return open?.day;
  }

  /** Days that are overdue or frozen, oldest first. */
  days(retentionMs: number): Promise<Day[]> {
    return findDays.run({ retentionMs }, this.database);
  }

  /** Why the day can't be retired (see find-hold.sql), or undefined if it can. */
  async holdOf({ firstId, endId }: Day): Promise<string | undefined> {
    const [row] = await findHold.run({ firstId, endId }, this.database);
    return row?.hold ?? undefined;
  }

  /**
   * Makes the day refuse, or accept again, changes that open work. When it resolves, all earlier writes to the day are
   * committed.
   * @throws after the lock timeout
   */
  async freeze({ day }: Day, frozen: boolean): Promise<void> {
    // One transaction each, so that no lock is held while the next one is awaited.
    for (const parent of FROZEN_TABLES) await freezePartition.run({ parent, day, frozen }, this.database);
  }

  /** Counts the day and marks it as retired. @throws if it is retired already */
  async retire({ day, firstId, endId }: Day): Promise<{ events: number; deliveries: number }> {
    const [counts] = await retireDay.run({ day, firstId, endId }, this.database);
    if (counts === undefined) throw new Error(`The day ${day} was not retired`);
    return counts;
  }

  async stateOf(parent: DayTable, day: string): Promise<PartitionState> {
    const [row] = await findPartitionState.run({ parent, day: digits(day) }, this.database);
    if (row === undefined || !isState(row.state)) throw new Error(`The partition of ${parent} for ${day} is in an unknown state`);
    return row.state;
  }

  /**
   * Detaches the partition. Writers do not wait for it, and readers finish their reads.
   * @throws if a reader takes longer than the lock timeout; the partition remains `detaching`, hidden from new readers
   */
  async detach(parent: DayTable, day: string): Promise<void> {
    await this.client.query(`alter table ${parent} detach partition ${parent}_${digits(day)} concurrently`);
  }

  /** Finishes an interrupted detachment. @throws while an older reader still reads */
  async finishDetaching(parent: DayTable, day: string): Promise<void> {
    await this.client.query(`alter table ${parent} detach partition ${parent}_${digits(day)} finalize`);
  }

  async drop(parent: DayTable, day: string): Promise<void> {
    await this.client.query(`drop table ${parent}_${digits(day)}`);
  }

  /** Marks the day as dropped. */
  async close(day: string): Promise<void> {
    await closeDay.run({ day }, this.database);
  }
}

/** The day as part of a table name, which can't be a parameter and is therefore checked. */
function digits(day: string): string {
  if (!DAY.test(day)) throw new Error(`Not a day: ${day}`);
  return day;
}

function isState(state: string): state is PartitionState {
  return STATES.includes(state);
}
