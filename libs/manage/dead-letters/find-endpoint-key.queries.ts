/** Types generated for queries found in "libs/manage/dead-letters/find-endpoint-key.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindEndpointKey' parameters type */
export interface IFindEndpointKeyParams {
  orDeleted: boolean;
  publicId: string;
  tenant: string;
}

/** 'FindEndpointKey' return type */
export interface IFindEndpointKeyResult {
  id: number;
}

/** 'FindEndpointKey' query type */
export interface IFindEndpointKeyQuery {
  params: IFindEndpointKeyParams;
  result: IFindEndpointKeyResult;
}

const findEndpointKeyIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"orDeleted":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":43,"b":52}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":67,"b":74}]},{"name":"orDeleted","required":true,"transform":{"type":"scalar"},"locs":[{"a":103,"b":113}]}],"statement":"select id from endpoints where public_id = :publicId! and tenant = :tenant! and (deleted_at is null or :orDeleted!::boolean)"};

/**
 * Query generated from SQL:
 * ```
 * select id from endpoints where public_id = :publicId! and tenant = :tenant! and (deleted_at is null or :orDeleted!::boolean)
 * ```
 */
export const findEndpointKey = new PreparedQuery<IFindEndpointKeyParams,IFindEndpointKeyResult>(findEndpointKeyIR);


