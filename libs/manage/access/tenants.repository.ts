import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { tenantExists } from './tenant-exists.queries.js';

@Injectable()
export class TenantsRepository {
  constructor(@InjectDatabase('api') private readonly database: Database) {}

  async exists(tenant: string): Promise<boolean> {
    return (await tenantExists.run({ tenant }, this.database)).length > 0;
  }
}
