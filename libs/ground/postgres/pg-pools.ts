import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import type { Config } from '#ground/config/config';
import { withinMs } from '#ground/polling/within-ms';
import { InjectConfig } from '#ground/process/process-context';
import { createPool, type PoolOptions } from './pool.js';
import { poolConnections, poolMaxConnections, poolWaiting } from './pools.metrics.js';

export const POSTGRES_OPTIONS = Symbol('POSTGRES_OPTIONS');

/** For closing connections at the end; that takes milliseconds. */
const END_LIMIT_MS = 1_000;

export interface PostgresOptions<AppConfig = never> {
  /** pg_stat_activity shows `lockstep-<app>-<pool>`. */
  readonly app: string;
  /** Default for pools without a limit of their own: ends a transaction that runs longer, in milliseconds. */
  readonly transactionTimeoutMs?: number | ((config: AppConfig) => number);
}

export interface PoolSettings extends Pick<PoolOptions, 'max' | 'plans' | 'transactionTimeoutMs' | 'statementTimeoutMs'> {
  readonly name: string;
}

/** The process's pools by name. They connect at the first statement, and end after everything else. */
@Injectable()
export class PgPools implements OnApplicationShutdown {
  private readonly pools = new Map<string, pg.Pool>();

  constructor(
    @Inject(POSTGRES_OPTIONS) private readonly options: PostgresOptions,
    @InjectConfig() private readonly config: Pick<Config, 'databaseUrl'>,
  ) {
    poolConnections.observe(() => this.each((pool, { totalCount, idleCount }) => [
      { labels: { pool, state: 'idle' }, value: idleCount },
      { labels: { pool, state: 'busy' }, value: totalCount - idleCount },
    ]));
    poolMaxConnections.observe(() => this.each((pool, { options }) => [{ labels: { pool }, value: options.max ?? 0 }]));
    poolWaiting.observe(() => this.each((pool, { waitingCount }) => [{ labels: { pool }, value: waitingCount }]));
  }

  /** @throws Error when the name is taken: two modules that share a pool import one module that exports it */
  open({ name, transactionTimeoutMs = this.transactionTimeoutMs(), ...settings }: PoolSettings): pg.Pool {
    if (this.pools.has(name)) throw new Error(`The pool ${name} is registered twice`);
    const pool = createPool({
      databaseUrl: this.config.databaseUrl,
      applicationName: `lockstep-${this.options.app}-${name}`,
      ...settings,
      ...(transactionTimeoutMs === undefined ? {} : { transactionTimeoutMs }),
    });
    this.pools.set(name, pool);
    return pool;
  }

  /** The app that this process runs. */
  get app(): string {
    return this.options.app;
  }

  /** The most connections of each pool. */
  get sizes(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.pools].map(([name, { options }]) => [name, options.max ?? 0]));
  }

  /** Of all pools together. */
  get maxConnections(): number {
    return Object.values(this.sizes).reduce((sum, size) => sum + size, 0);
  }

  /** A statement without an answer holds its connection for a minute: the process ends without it. */
  async onApplicationShutdown(): Promise<void> {
    await withinMs(END_LIMIT_MS, Promise.all([...this.pools.values()].map((pool) => pool.end())));
  }

  private each<Read>(read: (name: string, pool: pg.Pool) => Read[]): Read[] {
    return [...this.pools].flatMap(([name, pool]) => read(name, pool));
  }

  private transactionTimeoutMs(): number | undefined {
    const { transactionTimeoutMs } = this.options;
    return typeof transactionTimeoutMs === 'function' ? transactionTimeoutMs(this.config as never) : transactionTimeoutMs;
  }
}
