import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { type CacheRead, type CachedRow, MAX_CHANGES, RowCache } from '#ground/postgres/row-cache';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { type IReadDestinationsResult, readDestinations } from './read-destinations.queries.js';

/** The endpoint that a URL of a tenant stands for. */
interface DestinationEndpoint extends CachedRow {
  readonly id: number;
}

type EndpointRow = IReadDestinationsResult & { readonly id: number };

/** As many as a tenant's endpoints. One takes a few hundred bytes, with the longest URL 2 KB. */
const MAX_DESTINATIONS = 10_000;
/** URLs without an endpoint: each gets one at once, so there are few. */
const MAX_ABSENT = 1_000;
/** Between tenant and URL in a key. Neither can have it. */
const SEPARATOR = ' ';

/**
 * The endpoints that events name as their destinations, in memory. See `RowCache` for how soon changes hold. Reads nothing
 * before it is first asked, because most gateways get no destinations.
 */
@Injectable()
export class DestinationDirectory {
  private readonly endpoints: RowCache<DestinationEndpoint>;
  private hasStarted = false;

  constructor(
    @InjectDatabase('destinations') private readonly database: Database,
    @InjectLogger() logger: Logger,
  ) {
    this.endpoints = new RowCache({
      name: 'destinations',
      maxRows: MAX_DESTINATIONS,
      maxAbsent: MAX_ABSENT,
      read: (since, keys) => this.read(since, keys),
      onError: (err) => logger.warn({ err }, 'Destinations could not be read; retrying'),
    });
  }

  stop(): Promise<void> {
    return this.endpoints.stop();
  }

  /**
   * The key of the tenant's oldest endpoint with this very URL, in any status; undefined if there is none. A promise only if
   * Postgres must be asked.
   * @throws LockstepError store_unavailable, as a rejection
   */
  find(tenant: string, url: string): number | undefined | Promise<number | undefined> {
    if (!this.hasStarted) this.endpoints.start();
    this.hasStarted = true;
    const endpoint = this.endpoints.get(tenant + SEPARATOR + url);
    return endpoint instanceof Promise ? endpoint.then((found) => found?.id) : endpoint?.id;
  }

  private async read(since: string, keys: readonly string[]): Promise<CacheRead<DestinationEndpoint>> {
    const asked = keys.map((key) => key.split(SEPARATOR));
    const rows = await readDestinations.run({ since, tenants: asked.map(([tenant = '']) => tenant), urls: asked.map(([, url = '']) => url), most: MAX_CHANGES }, this.database);
    const [first] = rows;
    if (first === undefined) throw new Error('Destinations were read without a snapshot');
    const { server, snapshot, nowMs, isIncomplete } = first;
    const found = rows.filter((row): row is EndpointRow => row.id !== null);
    return { server, snapshot, nowMs, isIncomplete, changed: found.filter(({ isChanged }) => isChanged).map(endpointOf), rows: found.filter(({ isOldest }) => isOldest).map(endpointOf) };
  }
}

function endpointOf({ id, version, tenant, url }: EndpointRow): DestinationEndpoint {
  return { key: tenant + SEPARATOR + url, id, version };
}
