import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { violatedConstraint } from '#ground/postgres/sql-errors';
import { ListsDatabase } from '#manage/lists-database.module';
import { changeEndpoint, type IChangeEndpointParams } from './change-endpoint.queries.js';
import { createEndpoint, type ICreateEndpointParams } from './create-endpoint.queries.js';
import { deleteEndpoint, type IDeleteEndpointParams } from './delete-endpoint.queries.js';
import { findEndpoint, type IFindEndpointResult } from './find-endpoint.queries.js';
import { findEndpointByUrl } from './find-endpoint-by-url.queries.js';
import { findEndpoints, type IFindEndpointsResult } from './find-endpoints.queries.js';
import { type ISetEndpointStatusParams, setEndpointStatus } from './set-endpoint-status.queries.js';

export type EndpointRow = IFindEndpointResult;
export type ListedEndpointRow = IFindEndpointsResult;

/** Endpoints of a tenant that are not deleted. An event that all of them get is admitted in one statement, which takes 350 ms. */
export const MAX_ENDPOINTS = 10_000;
/** Above every narrow key. */
const NO_BOUND = 2_147_483_647;
/** Of the settings in one page. */
const PAGE_BYTES = 1_048_576;

/** One endpoint of a source and URL: migration 0020. */
const ONE_DESTINATION = 'endpoints_destination';

/** Endpoints in Postgres. Each statement that changes one also nudges the owners of all shards. */
@Injectable()
export class EndpointsRepository {
  constructor(
    @InjectDatabase('api') private readonly database: Database,
    private readonly lists: ListsDatabase,
  ) {}

  /** @returns its key; undefined if the tenant has `MAX_ENDPOINTS`, or if the source that it is made for has one with the URL */
  async create(row: Omit<ICreateEndpointParams, 'most'>): Promise<number | undefined> {
    return (await createEndpoint.run({ ...row, most: MAX_ENDPOINTS }, this.database))[0]?.id;
  }

  /**
   * @returns undefined, with nothing changed, if the endpoint has another version, or is deleted; `duplicate`, with nothing
   * changed, if another endpoint that was made for the same source has the URL
   */
  async change(changes: IChangeEndpointParams): Promise<'changed' | 'duplicate' | undefined> {
    try {
      return (await changeEndpoint.run(changes, this.database)).length > 0 ? 'changed' : undefined;
    } catch (error) {
      if (violatedConstraint(error) === ONE_DESTINATION) return 'duplicate';
      throw error;
    }
  }

  async setStatus(change: ISetEndpointStatusParams): Promise<void> {
    await setEndpointStatus.run(change, this.database);
  }

  /** Returns whether it existed. */
  async delete(deletion: IDeleteEndpointParams): Promise<boolean> {
    return (await deleteEndpoint.run(deletion, this.database)).length > 0;
  }

  async find(tenant: string, publicId: string): Promise<EndpointRow | undefined> {
    return (await findEndpoint.run({ tenant, publicId }, this.database))[0];
  }

  /** The key of the tenant's oldest endpoint with this very URL. */
  async findByUrl(tenant: string, url: string): Promise<number | undefined> {
    return (await findEndpointByUrl.run({ tenant, url }, this.database))[0]?.id;
  }

  /** Newest first; fewer than `limit` if their settings exceed 1 MiB. */
  async list(tenant: string, before: number | undefined, limit: number): Promise<ListedEndpointRow[]> {
    return findEndpoints.run({ tenant, before: before ?? NO_BOUND, limit, bytes: PAGE_BYTES }, this.lists.of(tenant, 'give a lower `limit`'));
  }
}
