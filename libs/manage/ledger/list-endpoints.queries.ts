/** Types generated for queries found in "libs/manage/ledger/list-endpoints.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ListEndpoints' parameters type */
export type IListEndpointsParams = void;

/** 'ListEndpoints' return type */
export interface IListEndpointsResult {
  deleted: boolean;
  id: number;
  publicId: string;
  tenant: string;
}

/** 'ListEndpoints' query type */
export interface IListEndpointsQuery {
  params: IListEndpointsParams;
  result: IListEndpointsResult;
}

const listEndpointsIR: any = {"usedParamSet":{},"params":[],"statement":"select id, public_id as \"publicId\", tenant, deleted_at is not null as \"deleted!\" from endpoints order by id"};

/**
 * Query generated from SQL:
 * ```
 * select id, public_id as "publicId", tenant, deleted_at is not null as "deleted!" from endpoints order by id
 * ```
 */
export const listEndpoints = new PreparedQuery<IListEndpointsParams,IListEndpointsResult>(listEndpointsIR);


