/** Types generated for queries found in "libs/manage/api-keys/find-api-keys.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type duplicates_policy = 'conflict' | 'replay';

export type resubmit_policy = 'none' | 'requeue-dead';

export type NumberOrString = number | string;

export type stringArray = (string)[];

/** 'FindApiKeys' parameters type */
export interface IFindApiKeysParams {
  before: number;
  limit: NumberOrString;
  seesAdminKeys: boolean;
  tenant?: string | null | void;
}

/** 'FindApiKeys' return type */
export interface IFindApiKeysResult {
  burst: number | null;
  createdAt: Date;
  createdBy: string;
  duplicates: duplicates_policy;
  expiresAt: Date | null;
  id: number;
  lastUsedAt: Date | null;
  name: string;
  perSecond: number | null;
  prefix: string;
  previousExpiresAt: Date | null;
  publicId: string;
  resubmit: resubmit_policy;
  scopes: stringArray;
  tenant: string;
  updatedAt: Date;
  version: string;
}

/** 'FindApiKeys' query type */
export interface IFindApiKeysQuery {
  params: IFindApiKeysParams;
  result: IFindApiKeysResult;
}

const findApiKeysIR: any = {"usedParamSet":{"tenant":true,"before":true,"seesAdminKeys":true,"limit":true},"params":[{"name":"tenant","required":false,"transform":{"type":"scalar"},"locs":[{"a":598,"b":604}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":628,"b":635}]},{"name":"seesAdminKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":669,"b":683}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":742,"b":748}]}],"statement":"select\n  k.id, k.public_id as \"publicId\", k.tenant, k.name, k.prefix, k.scopes::text[] as \"scopes!\", k.expires_at as \"expiresAt\",\n  k.rate_limit_per_second as \"perSecond\", k.rate_limit_burst as \"burst\", k.duplicates, k.resubmit,\n  (select max(expires_at) from former_api_key_secrets where api_key = k.id and expires_at > now()) as \"previousExpiresAt\",\n  u.last_used_at as \"lastUsedAt?\", k.created_by as \"createdBy\", k.created_at as \"createdAt\", k.updated_at as \"updatedAt\",\n  k.changed_by::text as \"version!\"\nfrom api_keys k\n  left join api_key_uses u on u.api_key = k.id\nwhere k.tenant = coalesce(:tenant, k.tenant) and k.id < :before! and k.revoked_at is null\n  and (:seesAdminKeys! or not 'admin' = any(k.scopes))\norder by k.id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   k.id, k.public_id as "publicId", k.tenant, k.name, k.prefix, k.scopes::text[] as "scopes!", k.expires_at as "expiresAt",
 *   k.rate_limit_per_second as "perSecond", k.rate_limit_burst as "burst", k.duplicates, k.resubmit,
 *   (select max(expires_at) from former_api_key_secrets where api_key = k.id and expires_at > now()) as "previousExpiresAt",
 *   u.last_used_at as "lastUsedAt?", k.created_by as "createdBy", k.created_at as "createdAt", k.updated_at as "updatedAt",
 *   k.changed_by::text as "version!"
 * from api_keys k
 *   left join api_key_uses u on u.api_key = k.id
 * where k.tenant = coalesce(:tenant, k.tenant) and k.id < :before! and k.revoked_at is null
 *   and (:seesAdminKeys! or not 'admin' = any(k.scopes))
 * order by k.id desc
 * limit :limit!
 * ```
 */
export const findApiKeys = new PreparedQuery<IFindApiKeysParams,IFindApiKeysResult>(findApiKeysIR);


