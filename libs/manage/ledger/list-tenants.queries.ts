/** Types generated for queries found in "libs/manage/ledger/list-tenants.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ListTenants' parameters type */
export type IListTenantsParams = void;

/** 'ListTenants' return type */
export interface IListTenantsResult {
  id: string;
}

/** 'ListTenants' query type */
export interface IListTenantsQuery {
  params: IListTenantsParams;
  result: IListTenantsResult;
}

const listTenantsIR: any = {"usedParamSet":{},"params":[],"statement":"select id from tenants order by id"};

/**
 * Query generated from SQL:
 * ```
 * select id from tenants order by id
 * ```
 */
export const listTenants = new PreparedQuery<IListTenantsParams,IListTenantsResult>(listTenantsIR);


