import type { Database } from '#ground/postgres/pool';
import { tenantExists } from './tenant-exists.queries.js';

export class TenantsRepository {
  constructor(private readonly database: Database) {}

  async exists(tenant: string): Promise<boolean> {
    return (await tenantExists.run({ tenant }, this.database)).length > 0;
  }
}
