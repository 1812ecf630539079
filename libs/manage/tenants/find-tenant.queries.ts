/** Types generated for queries found in "libs/manage/tenants/find-tenant.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** 'FindTenant' parameters type */
export interface IFindTenantParams {
  id: string;
}

/** 'FindTenant' return type */
export interface IFindTenantResult {
  burst: number | null;
  createdAt: Date;
  enabled: boolean;
  id: string;
  metadata: Json;
  name: string;
  number: number;
  perSecond: number | null;
  refusesUnknownTypes: boolean;
  updatedAt: Date;
}

/** 'FindTenant' query type */
export interface IFindTenantQuery {
  params: IFindTenantParams;
  result: IFindTenantResult;
}

const findTenantIR: any = {"usedParamSet":{"id":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":240,"b":243}]}],"statement":"select\n  id, number, name, metadata, enabled, rate_limit_per_second as \"perSecond\", rate_limit_burst as \"burst\",\n  refuses_unknown_types as \"refusesUnknownTypes\", created_at as \"createdAt\", updated_at as \"updatedAt\"\nfrom tenants\nwhere id = :id!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id, number, name, metadata, enabled, rate_limit_per_second as "perSecond", rate_limit_burst as "burst",
 *   refuses_unknown_types as "refusesUnknownTypes", created_at as "createdAt", updated_at as "updatedAt"
 * from tenants
 * where id = :id!
 * ```
 */
export const findTenant = new PreparedQuery<IFindTenantParams,IFindTenantResult>(findTenantIR);


