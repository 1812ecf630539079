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
 * The tables of a day, in the order in which its partitions go. Events first: without its event a late Kafka record is
 * taken for retired; without its inbox row alone it would be admitted anew.
 */
export const DAY_TABLES = ['events', 'inbox', 'deliveries', 'attempts'] as const;
export type DayTable = (typeof DAY_TABLES)[number];

/** Attempts are made with an outcome of a pending delivery only. Deliveries last: freezing them is what others may notice. */
const FROZEN_TABLES: readonly DayTable[] = ['events', 'inbox', 'deliveries'];

export interface Day {
  /** `YYYYMMDD`, UTC: the end of its partitions' names. */
  readonly day: string;
  readonly firstId: string;
  /** The lowest id that is above the day's. */
  readonly endId: string;
  /** Nothing of it can be opened: no new rows, no other outcomes. */
  readonly frozen: boolean;
  /** Its retention is over. */
  readonly overdue: boolean;
}

export type PartitionState = 'attached' | 'detaching' | 'detached' | 'gone';

const STATES: readonly string[] = ['attached', 'detaching', 'detached', 'gone'] satisfies PartitionState[];
const DAY = /^\d{8}$/;

/**
 * Above what a statement of ours holds a lock for, and below deadlock_timeout (1 s): the end of a detachment that was
 * interrupted holds the partition while it waits for older snapshots, so that a reader which has one and comes to that
 * partition would be the one to be ended for the deadlock.
 */
const LOCK_TIMEOUT = '500ms';

/** What retention does in Postgres, on a connection of its own. */
export class RetentionRepository {
  private constructor(
    private readonly client: pg.ClientBase,
    private readonly database: Database,
  ) {}

  /** @param client must not go back to a pool: its settings are changed */
  static async on(client: pg.ClientBase): Promise<RetentionRepository> {
    await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`);
    // The statements read one whole day or nothing: with its bounds at hand the planner sees which.
    await client.query('set plan_cache_mode = force_custom_plan');
    await client.query("set work_mem = '64MB'");
    return new RetentionRepository(client, databaseOf(client));
  }

  /** The day that is retired and not dropped yet. */
  async openDay(): Promise<string | undefined> {
    const [open] = await findOpenDay.run(undefined, this.database);
    return open?.day;
  }

  /** Days that are overdue or frozen, oldest first. */
  days(retentionMs: number): Promise<Day[]> {
    return findDays.run({ retentionMs }, this.database);
  }

  /** Why the day can't be retired (find-hold.sql says what the words mean); undefined when it can. */
  async holdOf({ firstId, endId }: Day): Promise<string | undefined> {
    const [row] = await findHold.run({ firstId, endId }, this.database);
    return row?.hold ?? undefined;
  }

  /**
   * Refuses, or allows again, whatever would open something of the day. When it resolves, everything that was written
   * to the day before is committed.
   * @throws when a table could not be locked in time
   */
  async freeze({ day }: Day, frozen: boolean): Promise<void> {
    // Each in a transaction of its own, so that no lock is held while another is waited for.
    for (const parent of FROZEN_TABLES) await freezePartition.run({ parent, day, frozen }, this.database);
  }

  /** Counts the day and retires it, once and for all. @throws when it is retired already */
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
   * Takes the partition out of its table: nobody who writes there waits for it, and whoever reads it reads to the end.
   * @throws when somebody reads for longer than the lock timeout; it stays `detaching` then, and is seen by nobody new
   */
  async detach(parent: DayTable, day: string): Promise<void> {
    await this.client.query(`alter table ${parent} detach partition ${parent}_${digits(day)} concurrently`);
  }

  /** Ends a detachment that was interrupted. @throws while somebody who began before it still reads */
  async finishDetaching(parent: DayTable, day: string): Promise<void> {
    await this.client.query(`alter table ${parent} detach partition ${parent}_${digits(day)} finalize`);
  }

  async drop(parent: DayTable, day: string): Promise<void> {
    await this.client.query(`drop table ${parent}_${digits(day)}`);
  }

  /** Nothing is left of the day. */
  async close(day: string): Promise<void> {
    await closeDay.run({ day }, this.database);
  }
}

/** The day as part of a table's name, which can't be a parameter: checked, whoever made it. */
function digits(day: string): string {
  if (!DAY.test(day)) throw new Error(`Not a day: ${day}`);
  return day;
}

function isState(state: string): state is PartitionState {
  return STATES.includes(state);
}
