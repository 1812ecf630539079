import type pg from 'pg';
import { type Database, databaseOf } from '#ground/postgres/pool';

/** Runs a statement on the next free connection. */
export type Run = <Result>(act: (database: Database) => Promise<Result>) => Promise<Result>;

export interface SnapshotOptions {
  /** Of the transactions. */
  readonly settings: Readonly<Record<string, string>>;
  /** Tables that must not be dropped while the snapshot is read. */
  readonly tables: readonly string[];
  /** Aborts the reading and cuts its connections. */
  readonly signal?: AbortSignal | undefined;
}

/** Connections in use, so that a failure leaves none open. */
class Connections {
  private readonly held = new Set<pg.PoolClient>();
  private destroyed = false;

  constructor(private readonly pool: pg.Pool) {}

  get most(): number {
    return this.pool.options.max;
  }

  async open(): Promise<pg.PoolClient> {
    const client = await this.pool.connect();
    this.held.add(client);
    if (this.destroyed) this.destroy();
    return client;
  }

  /** The reading is complete: returns the connections to the pool. */
  async commit(client: pg.PoolClient): Promise<void> {
    await client.query('commit');
    if (this.held.delete(client)) client.release();
  }

  /** Closes connections whose transactions are in an unknown state. Their statements fail. */
  destroy(): void {
    this.destroyed = true;
    for (const client of this.held) client.release(true);
    this.held.clear();
  }
}

/** A snapshot of the database that several connections read concurrently. */
export class Snapshot {
  /** The first of the connections. */
  readonly database: Database;

  constructor(
    private readonly connections: Connections,
    private readonly client: pg.PoolClient,
    private readonly settings: SnapshotOptions['settings'],
  ) {
    this.database = databaseOf(client);
  }

  /**
   * Runs statements that read one table each concurrently on all connections of the pool, without parallel workers: those
   * start for each statement and pass rows on, which takes a quarter to a third longer.
   */
  async sideBySide<Result>(act: (run: Run) => Promise<Result>): Promise<Result> {
    if (this.connections.most === 1) return act(runnerOn([this.database]));
    const { rows } = await this.client.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    const others = await Promise.all(rows.flatMap(({ snapshot }) => Array.from({ length: this.connections.most - 1 }, () => this.join(snapshot))));
    const clients = [this.client, ...others];
    for (const client of clients) await apply(client, { max_parallel_workers_per_gather: '0' });
    const result = await act(runnerOn(clients.map(databaseOf)));
    // Returned at once: their transactions would be idle.
    for (const client of others) await this.connections.commit(client);
    await apply(this.client, this.settings);
    return result;
  }

  /** Runs statements with other settings. */
  async withSettings<Result>(settings: SnapshotOptions['settings'], act: () => Promise<Result>): Promise<Result> {
    await apply(this.client, settings);
    const result = await act();
    await apply(this.client, this.settings);
    return result;
  }

  private async join(snapshot: string): Promise<pg.PoolClient> {
    const client = await this.connections.open();
    await client.query('begin isolation level repeatable read read only');
    await client.query(`set transaction snapshot '${snapshot}'`);
    await apply(client, this.settings);
    return client;
  }
}

/**
 * Lets `act` read one snapshot of the database. Its first statement takes the snapshot.
 * @throws what Postgres or `act` throws
 */
export async function inSnapshot<Result>(pool: pg.Pool, { settings, tables, signal }: SnapshotOptions, act: (snapshot: Snapshot) => Promise<Result>): Promise<Result> {
  const connections = new Connections(pool);
  const giveUp = (): void => connections.destroy();
  signal?.addEventListener('abort', giveUp);
  try {
    signal?.throwIfAborted();
    const client = await connections.open();
    await client.query('begin isolation level repeatable read read only');
    await client.query(`lock table ${tables.join(', ')} in access share mode`);
    await apply(client, settings);
    const result = await act(new Snapshot(connections, client, settings));
    await connections.commit(client);
    return result;
  } finally {
    signal?.removeEventListener('abort', giveUp);
    connections.destroy();
  }
}

async function apply(client: pg.PoolClient, settings: SnapshotOptions['settings']): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await client.query(`set local ${name} = '${value}'`);
}

/** Gives free connections to callers in the order of their calls. */
function runnerOn(databases: readonly Database[]): Run {
  const free = [...databases];
  const waiting: ((database: Database) => void)[] = [];
  const take = (): Promise<Database> => {
    const database = free.pop();
    return database === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(database);
  };
  return async (act) => {
    const database = await take();
    try {
      return await act(database);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(database);
      else next(database);
    }
  };
}
