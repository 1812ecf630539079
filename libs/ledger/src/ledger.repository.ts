import type pg from 'pg';
import { deliveryId, toPublicId } from '#domain/ids';
import { type Database, databaseOf } from '#postgres/pool';
import { checkAdmissions } from './check-admissions.queries.js';
import { checkAttempts } from './check-attempts.queries.js';
import { checkKeys } from './check-keys.queries.js';
import { checkLanes } from './check-lanes.queries.js';
import { checkRoutes } from './check-routes.queries.js';
import { countLedger } from './count-ledger.queries.js';
import { findStuck } from './find-stuck.queries.js';
import { isViolationKind, type LedgerCounts, type Violation, type ViolationKind } from './ledger.js';

const MAX_EXAMPLES = 10;

/**
 * How long an event may take from its acceptance to becoming visible to the relay: above every transaction's limit,
 * which an accepting statement may take up while later ones pass it.
 */
const BOUND_SECONDS = 60;

// All statements read whole tables: hash joins and aggregates that stay in memory up to a million rows a day, day by
// day (partition-wise), in parallel.
const SETTINGS = {
  work_mem: '256MB',
  enable_partitionwise_join: 'on',
  enable_partitionwise_aggregate: 'on',
  max_parallel_workers_per_gather: '4',
} as const;

export interface LedgerQuestion {
  /** Deliveries that could have been attempted for this long are violations; undefined: however long it takes. */
  readonly olderThanMs: number | undefined;
}

export interface LedgerFindings {
  readonly counts: LedgerCounts;
  readonly violations: readonly Violation[];
}

interface Finding {
  readonly kind: string;
  readonly total: number;
}

interface LaneFinding extends Finding {
  readonly lane: number;
  readonly entity: string | null;
  readonly endpointPublicId: string | null;
}

interface DeliveryFinding extends Finding {
  readonly eventId: string;
  readonly endpoint: number;
  readonly replay: number;
}

/** Reads the books: counts, and compares records that were written independently of each other. */
export class LedgerRepository {
  constructor(private readonly pool: pg.Pool) {}

  /**
   * All from one snapshot, so that what goes on meanwhile can't look like a difference.
   * @throws what Postgres throws
   */
  async read({ olderThanMs }: LedgerQuestion): Promise<LedgerFindings> {
    const client = await this.pool.connect();
    try {
      await client.query('begin isolation level repeatable read read only');
      // Before the first query fixes the snapshot: a day that is retired later keeps its partitions until this is read.
      await client.query('lock table events, inbox, deliveries, attempts in access share mode');
      for (const [name, value] of Object.entries(SETTINGS)) await client.query(`set local ${name} = '${value}'`);
      const findings = await readAll(databaseOf(client), olderThanMs);
      await client.query('commit');
      client.release();
      return findings;
    } catch (error) {
      // Its transaction is in an unknown state: not to be used again.
      client.release(true);
      throw error;
    }
  }
}

async function readAll(database: Database, olderThanMs: number | undefined): Promise<LedgerFindings> {
  const examples = MAX_EXAMPLES;
  const [counts] = await countLedger.run(undefined, database);
  if (counts === undefined) throw new Error('The ledger could not be counted');
  const admissions = await checkAdmissions.run({ boundSeconds: BOUND_SECONDS, examples }, database);
  const routes = await checkRoutes.run({ examples }, database);
  const lanes = await checkLanes.run({ examples }, database);
  const attempts = await checkAttempts.run({ examples }, database);
  const keys = await checkKeys.run({ examples }, database);
  const stuck = olderThanMs === undefined ? [] : await findStuck.run({ olderThanMs, examples }, database);
  return {
    counts,
    violations: [
      ...violationsOf(admissions, ({ eventId }) => toPublicId('evt', eventId)),
      ...violationsOf(routes, ({ kind, eventId, endpoint, replay }) =>
        kind === 'delivery_without_inbox' && endpoint !== null && replay !== null ? deliveryId({ eventId, endpoint, replay }) : toPublicId('evt', eventId)),
      ...violationsOf(lanes, laneOf),
      ...violationsOf(attempts, deliveryOf),
      ...violationsOf(keys, ({ eventId }) => toPublicId('evt', eventId)),
      ...violationsOf(stuck, deliveryOf),
    ],
  };
}

function laneOf({ lane, entity, endpointPublicId }: LaneFinding): string {
  // The lane's row, or its endpoint's, is not there: only the inner number is left to name it by.
  return entity === null || endpointPublicId === null ? `lane ${lane}` : `${toPublicId('ep', endpointPublicId)}/${entity}`;
}

function deliveryOf({ eventId, endpoint, replay }: DeliveryFinding): string {
  return deliveryId({ eventId, endpoint, replay });
}

/** Each statement answers with up to ten rows of a kind, and how many there are in all in each row. */
function violationsOf<Row extends Finding>(rows: readonly Row[], exampleOf: (row: Row) => string): Violation[] {
  const found = new Map<ViolationKind, { count: number; examples: string[] }>();
  for (const row of rows) {
    if (!isViolationKind(row.kind)) throw new Error(`A check found an unknown kind of violation: ${row.kind}`);
    const violation = found.get(row.kind) ?? { count: row.total, examples: [] };
    violation.examples.push(exampleOf(row));
    found.set(row.kind, violation);
  }
  return [...found].map(([kind, violation]) => ({ kind, ...violation }));
}
