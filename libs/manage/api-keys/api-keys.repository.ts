import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { ListsDatabase } from '#manage/lists-database.module';
import { changeApiKey, type IChangeApiKeyParams } from './change-api-key.queries.js';
import { createApiKey, type ICreateApiKeyParams, type ICreateApiKeyResult } from './create-api-key.queries.js';
import { findApiKey, type IFindApiKeyParams, type IFindApiKeyResult } from './find-api-key.queries.js';
import { findApiKeys } from './find-api-keys.queries.js';
import { findHeldGrant, type IFindHeldGrantResult } from './find-held-grant.queries.js';
import { type IRevokeApiKeyParams, revokeApiKey } from './revoke-api-key.queries.js';
import { type IRotateApiKeyParams, rotateApiKey } from './rotate-api-key.queries.js';

export type ApiKeyRow = IFindApiKeyResult;
export type HeldGrantRow = IFindHeldGrantResult;

/** Which keys a principal sees. */
export interface KeyView {
  /** Null: those of all tenants. */
  readonly tenant: string | null;
  readonly seesAdminKeys: boolean;
}

/** API keys of a tenant that are not revoked. */
export const MAX_API_KEYS = 1_000;
/** Secrets of a key from before its rotations. More than 1 is needed when the answers of rotations get lost. */
const MAX_FORMER_SECRETS = 10;
/** Above every narrow key. */
const NO_BOUND = 2_147_483_647;

/** API keys that are not revoked. */
@Injectable()
export class ApiKeysRepository {
  constructor(
    @InjectDatabase('api') private readonly database: Database,
    private readonly lists: ListsDatabase,
  ) {}

  async create(row: Omit<ICreateApiKeyParams, 'most'>): Promise<ICreateApiKeyResult> {
    const [created] = await createApiKey.run({ ...row, most: MAX_API_KEYS }, this.database);
    if (created === undefined) throw new Error('The statement that creates API keys returned no row');
    return created;
  }

  async find(key: IFindApiKeyParams): Promise<ApiKeyRow | undefined> {
    return (await findApiKey.run(key, this.database))[0];
  }

  /** What the key gives to a request that came with the secret of this prefix; undefined if either has ended. */
  async findHeldGrant(publicId: string, prefix: string): Promise<HeldGrantRow | undefined> {
    return (await findHeldGrant.run({ publicId, prefix }, this.database))[0];
  }

  /** Newest first. @param asking the tenant that asks, whose share of the connections it takes */
  async list(asking: string, view: KeyView, before: number | undefined, limit: number): Promise<ApiKeyRow[]> {
    return findApiKeys.run({ ...view, before: before ?? NO_BOUND, limit }, this.lists.of(asking, 'give a lower `limit`'));
  }

  /** Returns whether it still had this version. */
  async change(changes: IChangeApiKeyParams): Promise<boolean> {
    return (await changeApiKey.run(changes, this.database)).length > 0;
  }

  /** Returns whether it still had this version. */
  async rotate(rotation: Omit<IRotateApiKeyParams, 'mostFormer'>): Promise<boolean> {
    return (await rotateApiKey.run({ ...rotation, mostFormer: MAX_FORMER_SECRETS }, this.database)).length > 0;
  }

  /** Returns whether it existed. */
  async revoke(revocation: IRevokeApiKeyParams): Promise<boolean> {
    return (await revokeApiKey.run(revocation, this.database)).length > 0;
  }
}
