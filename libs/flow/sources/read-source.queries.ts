/** Types generated for queries found in "libs/flow/sources/read-source.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type BufferArray = (Buffer)[];

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** 'ReadSource' parameters type */
export interface IReadSourceParams {
  name: string;
}

/** 'ReadSource' return type */
export interface IReadSourceResult {
  enabled: boolean;
  id: number;
  name: string;
  provider: string;
  publicId: string;
  secrets: BufferArray;
  settings: Json;
  tenant: string;
}

/** 'ReadSource' query type */
export interface IReadSourceQuery {
  params: IReadSourceParams;
  result: IReadSourceResult;
}

const readSourceIR: any = {"usedParamSet":{"name":true},"params":[{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":252,"b":257}]}],"statement":"select\n  s.id, s.public_id as \"publicId\", s.tenant, s.name, s.provider, s.settings, s.enabled,\n  array(select k.secret from source_secrets k where k.source = s.id order by k.id desc) as \"secrets!\"\nfrom sources s\nwhere s.tenant = 'default' and s.name = :name! and s.deleted_at is null"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   s.id, s.public_id as "publicId", s.tenant, s.name, s.provider, s.settings, s.enabled,
 *   array(select k.secret from source_secrets k where k.source = s.id order by k.id desc) as "secrets!"
 * from sources s
 * where s.tenant = 'default' and s.name = :name! and s.deleted_at is null
 * ```
 */
export const readSource = new PreparedQuery<IReadSourceParams,IReadSourceResult>(readSourceIR);


