/** Types generated for queries found in "libs/manage/sources/find-environment-source.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindEnvironmentSource' parameters type */
export interface IFindEnvironmentSourceParams {
  name: string;
  tenant: string;
}

/** 'FindEnvironmentSource' return type */
export interface IFindEnvironmentSourceResult {
  id: number;
  provider: string;
  publicId: string;
  secret: Buffer | null;
  version: string;
}

/** 'FindEnvironmentSource' query type */
export interface IFindEnvironmentSourceQuery {
  params: IFindEnvironmentSourceParams;
  result: IFindEnvironmentSourceResult;
}

const findEnvironmentSourceIR: any = {"usedParamSet":{"tenant":true,"name":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":267,"b":274}]},{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":289,"b":294}]}],"statement":"select\n  s.id, s.public_id as \"publicId\", s.provider, s.changed_by::text as \"version!\",\n  (\n    select secret from source_secrets where source = s.id and from_environment and expires_at is null order by id desc limit 1\n  ) as \"secret\"\nfrom sources s\nwhere s.tenant = :tenant! and s.name = :name! and s.deleted_at is null"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   s.id, s.public_id as "publicId", s.provider, s.changed_by::text as "version!",
 *   (
 *     select secret from source_secrets where source = s.id and from_environment and expires_at is null order by id desc limit 1
 *   ) as "secret"
 * from sources s
 * where s.tenant = :tenant! and s.name = :name! and s.deleted_at is null
 * ```
 */
export const findEnvironmentSource = new PreparedQuery<IFindEnvironmentSourceParams,IFindEnvironmentSourceResult>(findEnvironmentSourceIR);


