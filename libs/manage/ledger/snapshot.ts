import type pg from 'pg';
import { type Database, databaseOf } from '#ground/postgres/pool';

/** Runs something on one of several connections, as soon as one is free. */
export type Run = <Result>(act: (database: Database) => Promise<Result>) => Promise<Result>;

export interface SnapshotOptions {
  /** Of the transactions. */
  readonly settings: Readonly<Record<string, string>>;
  /** Locked against being dropped as long as the snapshot is read. */
  readonly tables: readonly string[];
  /** Gives up, and the connections with it. */
  readonly signal?: AbortSignal | undefined;
}

/** The connections that are in use, so that none is left when something fails. */
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

  /** What was read is complete, and the connection can be used again. */
  async commit(client: pg.PoolClient): Promise<void> {
    await client.query('commit');
    if (this.held.delete(client)) client.release();
  }

  /** Transactions in an unknown state are not to be used again: statements that are under way, or come later, fail. */
  destroy(): void {
    this.destroyed = true;
    for (const client of this.held) client.release(true);
    this.held.clear();
  }
}

/** One moment of the database, to be read on several connections at a time. */
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
   * Statements that read one table each are run side by side on all connections that the pool has, and none of them with
   * parallel workers: these must be started for each statement, and hand over rows; that takes a quarter to a third more.
   */
  async sideBySide<Result>(act: (run: Run) => Promise<Result>): Promise<Result> {
    if (this.connections.most === 1) return act(runnerOn([this.database]));
    const { rows } = await this.client.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    const others = await Promise.all(rows.flatMap(({ snapshot }) => Array.from({ length: this.connections.most - 1 }, () => this.join(snapshot))));
    const clients = [this.client, ...others];
    for (const client of clients) await apply(client, { max_parallel_workers_per_gather: '0' });
    const result = await act(runnerOn(clients.map(databaseOf)));
    // At once: they would be idle in their transactions.
    for (const client of others) await this.connections.commit(client);
    await apply(this.client, this.settings);
    return result;
  }

  /** For statements that other settings suit. */
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
 * Has `act` read one moment of the database; the first statement that it runs fixes which.
 * @throws what Postgres throws, and what `act` does
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

/** Whoever comes first gets the next connection that is free. */
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
