import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import type { Database } from '#ground/postgres/pool';

/** `down`: the process should get no requests. `degraded`: it works, with limits. */
export type Severity = 'down' | 'degraded';

/** One health check. */
export interface Indicator {
  check(health: HealthIndicatorService, severity: Severity): Promise<HealthIndicatorResult> | HealthIndicatorResult;
}

const TIMEOUT_MS = 2_000;
/** Several probes share an answer for this long. */
const FRESH_MS = 500;

/** Up while Postgres answers a query. */
export class PostgresIndicator implements Indicator {
  constructor(private readonly database: Database) {}

  async check(health: HealthIndicatorService): Promise<HealthIndicatorResult> {
    return health
      .check('postgres')
      .attempt(async () => {
        await this.database.query('select 1', []);
      })
      .withTimeout(TIMEOUT_MS)
      .cacheFor(FRESH_MS);
  }
}

/** Up while `problem` returns undefined. For state that the process keeps itself, such as how full a queue is. */
export class StateIndicator implements Indicator {
  constructor(
    private readonly name: string,
    private readonly problem: () => string | undefined,
    /** What limits the process while there is no problem: it shows as `degraded`. */
    private readonly limitation: () => string | undefined = () => undefined,
  ) {}

  check(health: HealthIndicatorService, severity: Severity): HealthIndicatorResult {
    const problem = this.problem();
    const session = health.check(this.name);
    const limitation = this.limitation();
    if (problem === undefined) return limitation === undefined ? session.up() : session.degraded(limitation);
    return severity === 'down' ? session.down(problem) : session.degraded(problem);
  }
}
