import { Injectable } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { PgPools } from './pg-pools.js';
import { databaseOf } from './pool.js';
import { inspectServer } from './server.js';
import { inSession } from './session.js';

/** Checks the Postgres server at the start of a process. */
@Injectable()
export class ServerCheck {
  private readonly logged = new Set<string>();

  constructor(
    @InjectConfig() private readonly config: Pick<Config, 'databaseUrl'>,
    @InjectLogger() private readonly logger: Logger,
    private readonly pools: PgPools,
  ) {}

  /**
   * Logs what is risky about the server, each risk once.
   * @throws StartError postgres_unsuitable, postgres_standby; what Postgres throws
   */
  async run(): Promise<void> {
    const { risks, connections } = await inSession(this.config.databaseUrl, (client) => inspectServer(databaseOf(client)));
    const needed = this.pools.maxConnections;
    const tooFew = connections < needed
      ? [`Postgres allows this role ${connections} connections, and this process alone uses up to ${needed}: statements fail while there are too few. Raise max_connections, or the limit of the role or the database`]
      : [];
    for (const risk of [...risks, ...tooFew]) {
      if (!this.logged.has(risk)) this.logger.warn({ risk }, 'Postgres is at risk');
      this.logged.add(risk);
    }
  }
}
