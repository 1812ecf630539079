import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { ListsDatabase } from '#manage/lists-database.module';
import { findTenant, type IFindTenantResult } from './find-tenant.queries.js';
import { findTenants, type IFindTenantsResult } from './find-tenants.queries.js';
import { type IPutTenantParams, type IPutTenantResult, putTenant } from './put-tenant.queries.js';

export type TenantRow = IFindTenantResult;
export type ListedTenantRow = IFindTenantsResult;

/** Above every number. */
const NO_BOUND = 2_147_483_647;
/** Of the settings in one page. */
const PAGE_BYTES = 1_048_576;

@Injectable()
export class TenantsRepository {
  constructor(
    @InjectDatabase('api') private readonly database: Database,
    private readonly lists: ListsDatabase,
  ) {}

  async put(settings: IPutTenantParams): Promise<IPutTenantResult> {
    const put = (): Promise<IPutTenantResult[]> => putTenant.run(settings, this.database);
    // The second statement sees a tenant that was made while the first one ran.
    const row = (await put())[0] ?? (await put())[0];
    if (row === undefined) throw new Error(`The tenant ${settings.id} was neither created nor changed`);
    return row;
  }

  async find(id: string): Promise<TenantRow | undefined> {
    return (await findTenant.run({ id }, this.database))[0];
  }

  /** All tenants, newest first; fewer than `limit` if their settings exceed 1 MiB. @param asking the tenant that asks, whose share of the connections it takes */
  async list(asking: string, before: number | undefined, limit: number): Promise<ListedTenantRow[]> {
    return findTenants.run({ before: before ?? NO_BOUND, limit, bytes: PAGE_BYTES }, this.lists.of(asking, 'give a lower `limit`'));
  }
}
