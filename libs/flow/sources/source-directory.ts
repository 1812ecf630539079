import { Injectable } from '@nestjs/common';
import { parsePublicId, toPublicId } from '#domain/ids';
import { isSourceName } from '#domain/source-name';
import type { SourceProviderName } from '#domain/source-provider';
import { DEFAULT_TENANT } from '#domain/tenant';
import { limitsOf, type Scope } from '#ground/http/principal';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { type CacheRead, type CachedRow, MAX_CHANGES, RowCache } from '#ground/postgres/row-cache';
import { InjectLogger } from '#ground/process/process-context';
import { SecretBox, SecretBoxError } from '#ground/secrets/secret-box';
import { sourceSecretContext } from '#ground/secrets/secret-contexts';
import type { Logger } from '#ground/telemetry/logger';
import { type IReadSourcesResult, readSources } from './read-sources.queries.js';
import type { Source, SourceSecret } from './source.js';

/** A source under its id or its name. */
interface CachedSource extends CachedRow {
  readonly source: Source;
}

type SourceRow = IReadSourcesResult & { readonly id: number };

/** A source takes some 2 KB, with its settings. Of more sources in use at once, some are read again now and then. */
const MAX_SOURCES = 20_000;
/** Wrong names that are refused without a query. */
const MAX_ABSENT = 10_000;
const SCOPES: ReadonlySet<Scope> = new Set(['ingest']);

/**
 * The sources that are used, in memory. See `RowCache` for how soon changes hold, of a source and of its tenant. An object
 * stands for one version of a source, so that what is made of its settings can be kept with it.
 */
@Injectable()
export class SourceDirectory {
  private readonly sources: RowCache<CachedSource>;

  constructor(
    @InjectDatabase('sources') private readonly database: Database,
    private readonly secrets: SecretBox,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.sources = new RowCache({
      name: 'sources',
      maxRows: MAX_SOURCES,
      maxAbsent: MAX_ABSENT,
      read: (since, references) => this.read(since, references),
      onError: (err) => logger.warn({ err }, 'Sources could not be read; retrying'),
    });
  }

  start(): void {
    this.sources.start();
  }

  stop(): Promise<void> {
    return this.sources.stop();
  }

  /**
   * The source with this id, or with this name in the tenant `default`; undefined if there is none. A promise only if
   * Postgres must be asked.
   * @throws LockstepError store_unavailable, as a rejection
   */
  get(reference: string): Source | undefined | Promise<Source | undefined> {
    // Any other text is no reference, and may be one that Postgres cannot compare.
    if (parsePublicId('src', reference) === undefined && !isSourceName(reference)) return undefined;
    const found = this.sources.get(reference);
    return found instanceof Promise ? found.then((row) => row?.source) : found?.source;
  }

  /** By the database's clock, in milliseconds since 1970. A secret ends on time, or earlier by the duration of a read. */
  databaseNowMs(): number {
    return this.sources.databaseNowMs();
  }

  private async read(since: string, references: readonly string[]): Promise<CacheRead<CachedSource>> {
    const rows = await readSources.run({
      since,
      publicIds: references.flatMap((reference) => parsePublicId('src', reference) ?? []),
      namesOf: DEFAULT_TENANT,
      names: references.filter(isSourceName),
      most: MAX_CHANGES,
    }, this.database);
    const [first] = rows;
    if (first === undefined) throw new Error('Sources were read without a snapshot');
    const { server, snapshot, nowMs, isIncomplete } = first;
    const found = rows.filter((row): row is SourceRow => row.id !== null);
    return { server, snapshot, nowMs, isIncomplete, changed: found.filter(({ isChanged }) => isChanged), rows: found.filter(({ isAsked }) => isAsked).flatMap((row) => this.cached(row)) };
  }

  /** The source under each of its references. */
  private cached(row: SourceRow): CachedSource[] {
    const source = this.sourceOf(row);
    const references = [source.publicId, ...(source.tenant === DEFAULT_TENANT ? [source.name] : [])];
    return references.map((key) => ({ key, id: row.id, version: row.version, source }));
  }

  private sourceOf(row: SourceRow): Source {
    const { id, tenant, name, settings, isEnabled, duplicates, resubmit } = row;
    const publicId = toPublicId('src', row.publicId);
    const secrets = this.secretsOf(row, publicId);
    return {
      id, publicId, tenant, name, settings, isEnabled,
      provider: row.provider as SourceProviderName,
      secrets,
      hasUnreadableSecret: secrets.length < row.secrets.length,
      principal: {
        tenant, actor: { type: 'source', id: publicId, name }, scopes: SCOPES,
        ingest: { duplicates, resubmit, refusesUnknownTypes: row.refusesUnknownTypes, limits: limitsOf(`tenant/${tenant}`, row) },
      },
    };
  }

  /** Without those that do not open. */
  private secretsOf({ publicId, secrets, secretsExpireAtMs }: SourceRow, source: string): SourceSecret[] {
    return secrets.flatMap((box, i) => {
      try {
        return [{ value: this.secrets.open(box, sourceSecretContext(publicId)), expiresAtMs: secretsExpireAtMs[i] ?? 0 }];
      } catch (err) {
        if (!(err instanceof SecretBoxError)) throw err;
        this.logger.error({ err, source }, 'A secret of the source cannot be used');
        return [];
      }
    });
  }
}
