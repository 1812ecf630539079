/** Types generated for queries found in "libs/manage/api-keys/find-held-grant.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'FindHeldGrant' parameters type */
export interface IFindHeldGrantParams {
  prefix: string;
  publicId: string;
}

/** 'FindHeldGrant' return type */
export interface IFindHeldGrantResult {
  burst: number | null;
  expiresAt: Date | null;
  isFormer: boolean;
  perSecond: number | null;
  scopes: stringArray;
}

/** 'FindHeldGrant' query type */
export interface IFindHeldGrantQuery {
  params: IFindHeldGrantParams;
  result: IFindHeldGrantResult;
}

const findHeldGrantIR: any = {"usedParamSet":{"prefix":true,"publicId":true},"params":[{"name":"prefix","required":true,"transform":{"type":"scalar"},"locs":[{"a":288,"b":295},{"a":394,"b":401}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":342,"b":351}]}],"statement":"select\n  k.scopes::text[] as \"scopes!\", least(k.expires_at, f.expires_at) as \"expiresAt?\",\n  k.rate_limit_per_second as \"perSecond\", k.rate_limit_burst as \"burst\", f.prefix is not null as \"isFormer!\"\nfrom api_keys k\n  left join former_api_key_secrets f on f.api_key = k.id and f.prefix = :prefix! and f.expires_at > now()\nwhere k.public_id = :publicId! and k.revoked_at is null and (k.prefix = :prefix! or f.prefix is not null)"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   k.scopes::text[] as "scopes!", least(k.expires_at, f.expires_at) as "expiresAt?",
 *   k.rate_limit_per_second as "perSecond", k.rate_limit_burst as "burst", f.prefix is not null as "isFormer!"
 * from api_keys k
 *   left join former_api_key_secrets f on f.api_key = k.id and f.prefix = :prefix! and f.expires_at > now()
 * where k.public_id = :publicId! and k.revoked_at is null and (k.prefix = :prefix! or f.prefix is not null)
 * ```
 */
export const findHeldGrant = new PreparedQuery<IFindHeldGrantParams,IFindHeldGrantResult>(findHeldGrantIR);


