/** Types generated for queries found in "libs/manage/access/tenant-exists.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'TenantExists' parameters type */
export interface ITenantExistsParams {
  tenant: string;
}

/** 'TenantExists' return type */
export interface ITenantExistsResult {
  exists: boolean | null;
}

/** 'TenantExists' query type */
export interface ITenantExistsQuery {
  params: ITenantExistsParams;
  result: ITenantExistsResult;
}

const tenantExistsIR: any = {"usedParamSet":{"tenant":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":48,"b":55}]}],"statement":"select true as \"exists\" from tenants where id = :tenant!"};

/**
 * Query generated from SQL:
 * ```
 * select true as "exists" from tenants where id = :tenant!
 * ```
 */
export const tenantExists = new PreparedQuery<ITenantExistsParams,ITenantExistsResult>(tenantExistsIR);


