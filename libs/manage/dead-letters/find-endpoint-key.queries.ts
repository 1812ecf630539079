/** Types generated for queries found in "libs/manage/dead-letters/find-endpoint-key.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindEndpointKey' parameters type */
export interface IFindEndpointKeyParams {
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

const findEndpointKeyIR: any = {"usedParamSet":{"publicId":true,"tenant":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":43,"b":52}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":67,"b":74}]}],"statement":"select id from endpoints where public_id = :publicId! and tenant = :tenant!"};

/**
 * Query generated from SQL:
 * ```
 * select id from endpoints where public_id = :publicId! and tenant = :tenant!
 * ```
 */
export const findEndpointKey = new PreparedQuery<IFindEndpointKeyParams,IFindEndpointKeyResult>(findEndpointKeyIR);


