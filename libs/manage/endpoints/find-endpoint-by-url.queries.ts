/** Types generated for queries found in "libs/manage/endpoints/find-endpoint-by-url.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindEndpointByUrl' parameters type */
export interface IFindEndpointByUrlParams {
  tenant: string;
  url: string;
}

/** 'FindEndpointByUrl' return type */
export interface IFindEndpointByUrlResult {
  id: number;
}

/** 'FindEndpointByUrl' query type */
export interface IFindEndpointByUrlQuery {
  params: IFindEndpointByUrlParams;
  result: IFindEndpointByUrlResult;
}

const findEndpointByUrlIR: any = {"usedParamSet":{"tenant":true,"url":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":40,"b":47}]},{"name":"url","required":true,"transform":{"type":"scalar"},"locs":[{"a":82,"b":86},{"a":105,"b":109}]}],"statement":"select id\nfrom endpoints\nwhere tenant = :tenant! and url_digest(url) = url_digest(:url!::text) and url = :url! and deleted_at is null\norder by id\nlimit 1"};

/**
 * Query generated from SQL:
 * ```
 * select id
 * from endpoints
 * where tenant = :tenant! and url_digest(url) = url_digest(:url!::text) and url = :url! and deleted_at is null
 * order by id
 * limit 1
 * ```
 */
export const findEndpointByUrl = new PreparedQuery<IFindEndpointByUrlParams,IFindEndpointByUrlResult>(findEndpointByUrlIR);


