import { type DynamicModule, Module } from '@nestjs/common';
import type pg from 'pg';
import type { Config } from '#ground/config/config';
import { PostgresIndicator } from '#ground/health/indicators';
import { answering } from './answering-database.js';
import { databaseToken, poolToken } from './inject-postgres.js';
import { PgPools, type PoolSettings, POSTGRES_OPTIONS, type PostgresOptions } from './pg-pools.js';
import { type Database, databaseOf } from './pool.js';
import { ServerCheck } from './server-check.js';

export interface PoolRegistration extends PoolSettings {
  /** `requests`: statements fail with the errors that a client may see (see `answering`). */
  readonly serves?: 'requests';
  /** Whether the PostgresIndicator checks this pool. */
  readonly health?: boolean;
}

/** Named pools. They connect at the first statement, not while Nest builds the container. */
@Module({})
export class PostgresModule {
  /** The configured database. Global. */
  static forRoot<AppConfig = Config>(options: PostgresOptions<AppConfig>): DynamicModule {
    return {
      module: PostgresModule,
      global: true,
      providers: [{ provide: POSTGRES_OPTIONS, useValue: options }, PgPools, ServerCheck],
      exports: [PgPools, ServerCheck],
    };
  }

  /**
   * Registers a pool for `@InjectDatabase(name)` and `@InjectPool(name)`. Nest makes a separate module of each call, so
   * modules that share a pool import one module that registers and exports it.
   */
  static pool({ serves, health = false, ...settings }: PoolRegistration): DynamicModule {
    const [pool, database] = [poolToken(settings.name), databaseToken(settings.name)];
    const indicators = health ? [{ provide: PostgresIndicator, inject: [database], useFactory: (asked: Database) => new PostgresIndicator(asked) }] : [];
    return {
      module: PostgresModule,
      providers: [
        { provide: pool, inject: [PgPools], useFactory: (pools: PgPools): pg.Pool => pools.open(settings) },
        { provide: database, inject: [pool], useFactory: (opened: pg.Pool): Database => (serves === 'requests' ? answering(databaseOf(opened)) : databaseOf(opened)) },
        ...indicators,
      ],
      exports: [pool, database, ...indicators.map(({ provide }) => provide)],
    };
  }
}
