/** Types generated for queries found in "libs/manage/tenants/find-tenants.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

/** 'FindTenants' parameters type */
export interface IFindTenantsParams {
  before: number;
  limit: NumberOrString;
}

/** 'FindTenants' return type */
export interface IFindTenantsResult {
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

/** 'FindTenants' query type */
export interface IFindTenantsQuery {
  params: IFindTenantsParams;
  result: IFindTenantsResult;
}

const findTenantsIR: any = {"usedParamSet":{"before":true,"limit":true},"params":[{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":244,"b":251}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":280,"b":286}]}],"statement":"select\n  id, number, name, metadata, enabled, rate_limit_per_second as \"perSecond\", rate_limit_burst as \"burst\",\n  refuses_unknown_types as \"refusesUnknownTypes\", created_at as \"createdAt\", updated_at as \"updatedAt\"\nfrom tenants\nwhere number < :before!\norder by number desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id, number, name, metadata, enabled, rate_limit_per_second as "perSecond", rate_limit_burst as "burst",
 *   refuses_unknown_types as "refusesUnknownTypes", created_at as "createdAt", updated_at as "updatedAt"
 * from tenants
 * where number < :before!
 * order by number desc
 * limit :limit!
 * ```
 */
export const findTenants = new PreparedQuery<IFindTenantsParams,IFindTenantsResult>(findTenantsIR);


