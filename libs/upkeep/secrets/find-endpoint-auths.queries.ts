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
  publicId: string;
}

/** 'FindEndpointAuths' query type */
export interface IFindEndpointAuthsQuery {
  params: IFindEndpointAuthsParams;
  result: IFindEndpointAuthsResult;
}

const findEndpointAuthsIR: any = {"usedParamSet":{"after":true,"limit":true},"params":[{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":88,"b":94}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":146,"b":152}]}],"statement":"select id, public_id as \"publicId\", auth_ciphertext as \"box!\"\nfrom endpoints\nwhere id > :after! and auth_ciphertext is not null\norder by id\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select id, public_id as "publicId", auth_ciphertext as "box!"
 * from endpoints
 * where id > :after! and auth_ciphertext is not null
 * order by id
 * limit :limit!
 * ```
 */
export const findEndpointAuths = new PreparedQuery<IFindEndpointAuthsParams,IFindEndpointAuthsResult>(findEndpointAuthsIR);


