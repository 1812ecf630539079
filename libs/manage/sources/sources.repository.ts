import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { ListsDatabase } from '#manage/lists-database.module';
import { changeSource, type IChangeSourceParams, type IChangeSourceResult } from './change-source.queries.js';
import { createSource, type ICreateSourceParams, type ICreateSourceResult } from './create-source.queries.js';
import { deleteSource, type IDeleteSourceParams } from './delete-source.queries.js';
import { findEnvironmentSource, type IFindEnvironmentSourceResult } from './find-environment-source.queries.js';
import { findSource, type IFindSourceResult } from './find-source.queries.js';
import { type IListSourcesResult, listSources } from './list-sources.queries.js';
import { readSourceSecrets } from './read-source-secrets.queries.js';
import { type IRotateSourceSecretParams, rotateSourceSecret } from './rotate-source-secret.queries.js';
import { type ISetEnvironmentSecretParams, setEnvironmentSecret } from './set-environment-secret.queries.js';
import { type ISumSourceActivityParams, type ISumSourceActivityResult, sumSourceActivity } from './sum-source-activity.queries.js';
import { MAX_SECRETS } from './source.schema.js';

export type SourceRow = IFindSourceResult;
type ListedSourceRow = IListSourcesResult;

/** Sources of a tenant that are not deleted. A change of the tenant makes every gateway forget as many. */
export const MAX_SOURCES = 1_000;
/** Kafka sources among them. Each has a consumer at every gateway, and up to some 70 MiB of its records in memory. */
export const MAX_TOPICS = 20;
/** Above every narrow key. */
const NO_BOUND = 2_147_483_647;
/** Of the settings in one page. */
const PAGE_BYTES = 1_048_576;

/** Sources that are not deleted. */
@Injectable()
export class SourcesRepository {
  constructor(
    @InjectDatabase('api') private readonly database: Database,
    private readonly lists: ListsDatabase,
  ) {}

  async create(row: Omit<ICreateSourceParams, 'most' | 'mostTopics'>): Promise<ICreateSourceResult> {
    return only(await createSource.run({ ...row, most: MAX_SOURCES, mostTopics: MAX_TOPICS }, this.database));
  }

  async find(tenant: string, publicId: string): Promise<SourceRow | undefined> {
    return (await findSource.run({ tenant, publicId }, this.database))[0];
  }

  /** Those that are valid, as they are stored; newest first. */
  async secretsOf(id: number): Promise<Buffer[]> {
    return (await readSourceSecrets.run({ id }, this.database)).map(({ secret }) => secret);
  }

  /** Newest first; fewer than `limit` if their settings exceed 1 MiB. */
  async list(tenant: string, before: number | undefined, limit: number): Promise<ListedSourceRow[]> {
    return listSources.run({ tenant, before: before ?? NO_BOUND, limit, bytes: PAGE_BYTES }, this.lists.of(tenant, 'give a lower `limit`'));
  }

  async change(changes: IChangeSourceParams): Promise<IChangeSourceResult> {
    return only(await changeSource.run(changes, this.database));
  }

  /** Returns whether it still had this version. */
  async rotateSecret(rotation: Omit<IRotateSourceSecretParams, 'most'>): Promise<boolean> {
    return (await rotateSourceSecret.run({ ...rotation, most: MAX_SECRETS }, this.database)).length > 0;
  }

  /** Returns whether it still had this version. */
  async delete(deletion: IDeleteSourceParams): Promise<boolean> {
    return (await deleteSource.run(deletion, this.database)).length > 0;
  }

  /** @param tenant that asks, whose share of the connections it takes */
  async sumActivity(tenant: string, range: ISumSourceActivityParams): Promise<ISumSourceActivityResult[]> {
    return sumSourceActivity.run(range, this.lists.of(tenant, 'give a smaller range of `from` and `to`'));
  }

  async findOfEnvironment(tenant: string, name: string): Promise<IFindEnvironmentSourceResult | undefined> {
    return (await findEnvironmentSource.run({ tenant, name }, this.database))[0];
  }

  /** Returns whether it still had this version. */
  async setEnvironmentSecret(secret: Omit<ISetEnvironmentSecretParams, 'most'>): Promise<boolean> {
    return (await setEnvironmentSecret.run({ ...secret, most: MAX_SECRETS }, this.database)).length > 0;
  }
}

function only<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('A statement that changes a source returned no row');
  return row;
}
