import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import type { StartAt } from './catch-up.schema.js';
import { countCatchUps } from './count-catch-ups.queries.js';

/** Each admission of a tenant's events looks at its endpoints that are catching up. Requests at the same time may exceed this. */
const MAX_CATCH_UPS = 10;

/** Where new endpoints begin. */
@Injectable()
export class EndpointStart {
  constructor(@InjectDatabase('api') private readonly database: Database) {}

  /**
   * @returns where the catch-up begins, as Postgres reads it; undefined: there is none
   * @throws LockstepError conflict if the tenant has too many endpoints that are catching up
   */
  async of(tenant: string, startAt: StartAt): Promise<string | undefined> {
    if (startAt === 'now') return undefined;
    const [row] = await countCatchUps.run({ tenant }, this.database);
    if ((row?.running ?? 0) >= MAX_CATCH_UPS) {
      throw new LockstepError('conflict', `${MAX_CATCH_UPS} endpoints of the tenant are catching up, which is the limit: try again when \`catchUp.state\` of one of them is done, or begin with startAt now`);
    }
    // RFC 3339 has offsets and fractions that Postgres does not read.
    return startAt === 'earliest' ? '-infinity' : new Date(startAt).toISOString();
  }
}
