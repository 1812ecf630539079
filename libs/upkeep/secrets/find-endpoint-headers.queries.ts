/** Types generated for queries found in "libs/upkeep/secrets/find-endpoint-headers.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindEndpointHeaders' parameters type */
export interface IFindEndpointHeadersParams {
  after: number;
  limit: NumberOrString;
}

/** 'FindEndpointHeaders' return type */
export interface IFindEndpointHeadersResult {
  box: Buffer;
  id: number;
  isDeleted: boolean;
  publicId: string;
}

/** 'FindEndpointHeaders' query type */
export interface IFindEndpointHeadersQuery {
  params: IFindEndpointHeadersParams;
  result: IFindEndpointHeadersResult;
}

const findEndpointHeadersIR: any = {"usedParamSet":{"after":true,"limit":true},"params":[{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":131,"b":137}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":192,"b":198}]}],"statement":"select id, public_id as \"publicId\", deleted_at is not null as \"isDeleted!\", headers_ciphertext as \"box!\"\nfrom endpoints\nwhere id > :after! and headers_ciphertext is not null\norder by id\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select id, public_id as "publicId", deleted_at is not null as "isDeleted!", headers_ciphertext as "box!"
 * from endpoints
 * where id > :after! and headers_ciphertext is not null
 * order by id
 * limit :limit!
 * ```
 */
export const findEndpointHeaders = new PreparedQuery<IFindEndpointHeadersParams,IFindEndpointHeadersResult>(findEndpointHeadersIR);


