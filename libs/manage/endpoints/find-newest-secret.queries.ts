/** Types generated for queries found in "libs/manage/endpoints/find-newest-secret.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindNewestSecret' parameters type */
export interface IFindNewestSecretParams {
  id: number;
}

/** 'FindNewestSecret' return type */
export interface IFindNewestSecretResult {
  ciphertext: Buffer;
  id: number;
  othersEndInMs: number;
}

/** 'FindNewestSecret' query type */
export interface IFindNewestSecretQuery {
  params: IFindNewestSecretParams;
  result: IFindNewestSecretResult;
}

const findNewestSecretIR: any = {"usedParamSet":{"id":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":289,"b":292}]}],"statement":"select\n  s.id, s.ciphertext,\n  coalesce((\n    select extract(epoch from max(o.expires_at) - now()) * 1000\n    from endpoint_secrets o\n    where o.endpoint = s.endpoint and o.id <> s.id and o.expires_at > now()\n  ), 0)::float8 as \"othersEndInMs!\"\nfrom endpoint_secrets s\nwhere s.endpoint = :id! and (s.expires_at is null or s.expires_at > now())\norder by s.id desc\nlimit 1"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   s.id, s.ciphertext,
 *   coalesce((
 *     select extract(epoch from max(o.expires_at) - now()) * 1000
 *     from endpoint_secrets o
 *     where o.endpoint = s.endpoint and o.id <> s.id and o.expires_at > now()
 *   ), 0)::float8 as "othersEndInMs!"
 * from endpoint_secrets s
 * where s.endpoint = :id! and (s.expires_at is null or s.expires_at > now())
 * order by s.id desc
 * limit 1
 * ```
 */
export const findNewestSecret = new PreparedQuery<IFindNewestSecretParams,IFindNewestSecretResult>(findNewestSecretIR);


