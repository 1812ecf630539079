import { Injectable } from '@nestjs/common';
import { toPublicId } from '#domain/ids';
import { limitsOf, type Scope, USUAL_INGEST, withIncluded } from '#ground/http/principal';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { type CacheRead, type CachedRow, MAX_CHANGES, RowCache } from '#ground/postgres/row-cache';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { IssuedKey } from './issued-key.js';
import type { KnownTenant } from './known-tenant.js';
import { type IReadApiKeysResult, readApiKeys } from './read-api-keys.queries.js';
import { type IReadTenantsResult, readTenants } from './read-tenants.queries.js';

/** A key takes about 1 KB. Of more keys in use at once, some are read again now and then. */
const MAX_KEYS = 20_000;
const MAX_TENANTS = 20_000;
/** Wrong keys that are refused without a query. */
const MAX_ABSENT = 10_000;

type KeyRow = IReadApiKeysResult & { readonly id: number };
type TenantRow = IReadTenantsResult & { readonly id: string };

/** The tenants and API keys that requests use, in memory. See `RowCache` for how soon changes hold. */
@Injectable()
export class AccessDirectory {
  private readonly keys: RowCache<IssuedKey>;
  private readonly tenants: RowCache<KnownTenant>;

  constructor(
    @InjectDatabase('access') private readonly database: Database,
    @InjectLogger() logger: Logger,
  ) {
    const bounds = { maxAbsent: MAX_ABSENT, onError: (err: unknown) => logger.warn({ err }, 'Tenants or API keys could not be read; retrying') };
    this.keys = new RowCache({ ...bounds, name: 'api_keys', maxRows: MAX_KEYS, read: (since, prefixes) => this.readKeys(since, prefixes) });
    this.tenants = new RowCache({ ...bounds, name: 'tenants', maxRows: MAX_TENANTS, read: (since, ids) => this.readTenants(since, ids) });
  }

  start(): void {
    this.keys.start();
    this.tenants.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.keys.stop(), this.tenants.stop()]);
  }

  /** The API key with this prefix, unless it is revoked. It may have expired. */
  key(prefix: string): IssuedKey | undefined | Promise<IssuedKey | undefined> {
    return this.keys.get(prefix);
  }

  tenant(id: string): KnownTenant | undefined | Promise<KnownTenant | undefined> {
    return this.tenants.get(id);
  }

  /** By the database's clock. A key is refused on time, or earlier by the duration of a read. */
  hasExpired({ expiresAtMs }: IssuedKey): boolean {
    return expiresAtMs !== Infinity && expiresAtMs <= this.keys.databaseNowMs();
  }

  private async readKeys(since: string, prefixes: readonly string[]): Promise<CacheRead<IssuedKey>> {
    const rows = await readApiKeys.run({ since, prefixes: [...prefixes], most: MAX_CHANGES }, this.database);
    const found = rows.filter((row): row is KeyRow => row.id !== null);
    return { ...headOf(rows), changed: found.filter(({ isChanged }) => isChanged), rows: found.filter(({ isRevoked }) => !isRevoked).map(issuedKeyOf) };
  }

  private async readTenants(since: string, ids: readonly string[]): Promise<CacheRead<KnownTenant>> {
    const rows = await readTenants.run({ since, ids: [...ids], most: MAX_CHANGES }, this.database);
    const found = rows.filter((row): row is TenantRow => row.id !== null);
    return { ...headOf(rows), changed: found.filter(({ isChanged }) => isChanged), rows: found.map(knownTenantOf) };
  }
}

function headOf<Row extends Omit<CacheRead<CachedRow>, 'changed' | 'rows'>>([first]: readonly Row[]): Pick<Row, 'server' | 'snapshot' | 'nowMs' | 'isIncomplete'> {
  if (first === undefined) throw new Error('Tenants or API keys were read without a snapshot');
  return first;
}

/** The key under one of its secrets. */
function issuedKeyOf(row: KeyRow): IssuedKey {
  const publicId = toPublicId('key', row.publicId);
  return new IssuedKey({
    key: row.prefix, id: row.id, version: row.version, tenant: row.tenant, hash: row.hash,
    expiresAtMs: row.expiresAtMs ?? Infinity,
    actor: { type: 'key', id: publicId, name: row.name },
    scopes: withIncluded(row.scopes as Scope[]),
    ingest: { ...USUAL_INGEST, duplicates: row.duplicates, resubmit: row.resubmit, limits: limitsOf(`key/${publicId}`, row) },
  });
}

function knownTenantOf(row: TenantRow): KnownTenant {
  return { key: row.id, id: row.id, version: row.version, isEnabled: row.enabled, limits: limitsOf(`tenant/${row.id}`, row), refusesUnknownTypes: row.refusesUnknownTypes };
}
