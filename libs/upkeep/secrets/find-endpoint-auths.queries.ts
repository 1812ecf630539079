/** Types generated for queries found in "libs/upkeep/secrets/find-endpoint-auths.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindEndpointAuths' parameters type */
export interface IFindEndpointAuthsParams {
  after: number;
  limit: NumberOrString;
}

/** 'FindEndpointAuths' return type */
export interface IFindEndpointAuthsResult {
  box: Buffer;
  id: number;
  isDeleted: boolean;
  publicId: string;
}

/** 'FindEndpointAuths' query type */
export interface IFindEndpointAuthsQuery {
  params: IFindEndpointAuthsParams;
  result: IFindEndpointAuthsResult;
}

const findEndpointAuthsIR: any = {"usedParamSet":{"after":true,"limit":true},"params":[{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":128,"b":134}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":186,"b":192}]}],"statement":"select id, public_id as \"publicId\", deleted_at is not null as \"isDeleted!\", auth_ciphertext as \"box!\"\nfrom endpoints\nwhere id > :after! and auth_ciphertext is not null\norder by id\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select id, public_id as "publicId", deleted_at is not null as "isDeleted!", auth_ciphertext as "box!"
 * from endpoints
 * where id > :after! and auth_ciphertext is not null
 * order by id
 * limit :limit!
 * ```
 */
export const findEndpointAuths = new PreparedQuery<IFindEndpointAuthsParams,IFindEndpointAuthsResult>(findEndpointAuthsIR);


