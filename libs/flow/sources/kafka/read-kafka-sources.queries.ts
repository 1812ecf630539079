/** Types generated for queries found in "libs/flow/sources/kafka/read-kafka-sources.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type duplicates_policy = 'conflict' | 'replay';

export type resubmit_policy = 'none' | 'requeue-dead';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** 'ReadKafkaSources' parameters type */
export type IReadKafkaSourcesParams = void;

/** 'ReadKafkaSources' return type */
export interface IReadKafkaSourcesResult {
  burst: number | null;
  duplicates: duplicates_policy;
  id: number;
  name: string;
  password: Buffer | null;
  perSecond: number | null;
  publicId: string;
  refusesUnknownTypes: boolean;
  resubmit: resubmit_policy;
  settings: Json;
  tenant: string;
  version: string;
}

/** 'ReadKafkaSources' query type */
export interface IReadKafkaSourcesQuery {
  params: IReadKafkaSourcesParams;
  result: IReadKafkaSourcesResult;
}

const readKafkaSourcesIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  s.id,\n  s.public_id as \"publicId\",\n  s.tenant,\n  s.name,\n  s.settings,\n  s.duplicates,\n  s.resubmit,\n  s.changed_by::text || '/' || t.changed_by::text as \"version!\",\n  t.rate_limit_per_second as \"perSecond\",\n  t.rate_limit_burst as \"burst\",\n  t.refuses_unknown_types as \"refusesUnknownTypes\",\n  (\n    select x.secret from source_secrets x\n    where x.source = s.id and (x.expires_at is null or x.expires_at > now())\n    order by x.id desc\n    limit 1\n  ) as \"password\"\nfrom sources s\n  join tenants t on t.id = s.tenant\nwhere s.provider = 'kafka' and s.deleted_at is null and s.enabled and t.enabled\norder by s.id"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   s.id,
 *   s.public_id as "publicId",
 *   s.tenant,
 *   s.name,
 *   s.settings,
 *   s.duplicates,
 *   s.resubmit,
 *   s.changed_by::text || '/' || t.changed_by::text as "version!",
 *   t.rate_limit_per_second as "perSecond",
 *   t.rate_limit_burst as "burst",
 *   t.refuses_unknown_types as "refusesUnknownTypes",
 *   (
 *     select x.secret from source_secrets x
 *     where x.source = s.id and (x.expires_at is null or x.expires_at > now())
 *     order by x.id desc
 *     limit 1
 *   ) as "password"
 * from sources s
 *   join tenants t on t.id = s.tenant
 * where s.provider = 'kafka' and s.deleted_at is null and s.enabled and t.enabled
 * order by s.id
 * ```
 */
export const readKafkaSources = new PreparedQuery<IReadKafkaSourcesParams,IReadKafkaSourcesResult>(readKafkaSourcesIR);


