/** Types generated for queries found in "libs/manage/tenants/find-tenants.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

/** 'FindTenants' parameters type */
export interface IFindTenantsParams {
  before: number;
  bytes: number;
  limit: NumberOrString;
}

/** 'FindTenants' return type */
export interface IFindTenantsResult {
  burst: number | null;
  createdAt: Date;
  enabled: boolean;
  followed: boolean;
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

const findTenantsIR: any = {"usedParamSet":{"before":true,"limit":true,"bytes":true},"params":[{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":513,"b":520}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":549,"b":555}]},{"name":"bytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":653,"b":659}]}],"statement":"select\n  id, number, name, metadata, enabled, rate_limit_per_second as \"perSecond\", rate_limit_burst as \"burst\",\n  refuses_unknown_types as \"refusesUnknownTypes\", created_at as \"createdAt\", updated_at as \"updatedAt\",\n  followed as \"followed!\"\nfrom (\n    select\n      t.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,\n      sum(octet_length(t.name) + octet_length(t.metadata::text)) over newest_first as bytes\n    from (\n        select * from tenants where number < :before! order by number desc limit :limit!\n      ) t\n    window newest_first as (order by t.number desc)\n  ) b\nwhere place = 1 or bytes <= :bytes!::integer\norder by number desc"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id, number, name, metadata, enabled, rate_limit_per_second as "perSecond", rate_limit_burst as "burst",
 *   refuses_unknown_types as "refusesUnknownTypes", created_at as "createdAt", updated_at as "updatedAt",
 *   followed as "followed!"
 * from (
 *     select
 *       t.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,
 *       sum(octet_length(t.name) + octet_length(t.metadata::text)) over newest_first as bytes
 *     from (
 *         select * from tenants where number < :before! order by number desc limit :limit!
 *       ) t
 *     window newest_first as (order by t.number desc)
 *   ) b
 * where place = 1 or bytes <= :bytes!::integer
 * order by number desc
 * ```
 */
export const findTenants = new PreparedQuery<IFindTenantsParams,IFindTenantsResult>(findTenantsIR);


