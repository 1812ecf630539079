/** Types generated for queries found in "libs/upkeep/secrets/find-source-secrets.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindSourceSecrets' parameters type */
export interface IFindSourceSecretsParams {
  after: NumberOrString;
  limit: NumberOrString;
}

/** 'FindSourceSecrets' return type */
export interface IFindSourceSecretsResult {
  box: Buffer;
  id: number;
  isDeleted: boolean;
  publicId: string;
}

/** 'FindSourceSecrets' query type */
export interface IFindSourceSecretsQuery {
  params: IFindSourceSecretsParams;
  result: IFindSourceSecretsResult;
}

const findSourceSecretsIR: any = {"usedParamSet":{"after":true,"limit":true},"params":[{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":172,"b":178}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":200,"b":206}]}],"statement":"select x.id, s.public_id as \"publicId\", s.deleted_at is not null as \"isDeleted!\", x.secret as \"box!\"\nfrom source_secrets x\n  join sources s on s.id = x.source\nwhere x.id > :after!\norder by x.id\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select x.id, s.public_id as "publicId", s.deleted_at is not null as "isDeleted!", x.secret as "box!"
 * from source_secrets x
 *   join sources s on s.id = x.source
 * where x.id > :after!
 * order by x.id
 * limit :limit!
 * ```
 */
export const findSourceSecrets = new PreparedQuery<IFindSourceSecretsParams,IFindSourceSecretsResult>(findSourceSecretsIR);


