/** Types generated for queries found in "libs/manage/sources/list-sources.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type duplicates_policy = 'conflict' | 'replay';

export type resubmit_policy = 'none' | 'requeue-dead';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

/** 'ListSources' parameters type */
export interface IListSourcesParams {
  before: number;
  bytes: number;
  limit: NumberOrString;
  tenant: string;
}

/** 'ListSources' return type */
export interface IListSourcesResult {
  createdAt: Date;
  duplicates: duplicates_policy;
  enabled: boolean;
  followed: boolean;
  id: number;
  lastAcceptedAt: Date | null;
  lastRejectedAt: Date | null;
  lastRejectionCode: string | null;
  lastRejectionDetail: string | null;
  name: string;
  provider: string;
  publicId: string;
  resubmit: resubmit_policy;
  secrets: Json | null;
  settings: Json;
  state: string;
  updatedAt: Date;
  version: string;
}

/** 'ListSources' query type */
export interface IListSourcesQuery {
  params: IListSourcesParams;
  result: IListSourcesResult;
}

const listSourcesIR: any = {"usedParamSet":{"tenant":true,"before":true,"limit":true,"bytes":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":953,"b":960}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":994,"b":1001}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1042,"b":1048}]},{"name":"bytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1188,"b":1194}]}],"statement":"select\n  s.id, s.public_id as \"publicId\", s.name, s.provider, s.settings, s.duplicates, s.resubmit, s.enabled,\n  s.created_at as \"createdAt\", s.updated_at as \"updatedAt\", s.changed_by::text as \"version!\",\n  (\n    select jsonb_agg(jsonb_build_object('createdAt', created_at, 'expiresAt', expires_at) order by id desc)\n    from source_secrets\n    where source = s.id and (expires_at is null or expires_at > now())\n  ) as \"secrets\",\n  t.last_accepted_at as \"lastAcceptedAt\", t.last_rejected_at as \"lastRejectedAt\", t.last_rejection_code as \"lastRejectionCode\",\n  t.last_rejection_detail as \"lastRejectionDetail\",\n  source_condition(s.id, s.enabled, t) as \"state!\",\n  s.followed as \"followed!\"\nfrom (\n    select\n      n.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,\n      sum(octet_length(n.settings::text)) over newest_first as bytes\n    from (\n        select *\n        from sources\n        where tenant = :tenant! and deleted_at is null and id < :before!\n        order by id desc\n        limit :limit!\n      ) n\n    window newest_first as (order by n.id desc)\n  ) s\n  join source_states t on t.source = s.id\nwhere s.place = 1 or s.bytes <= :bytes!::integer\norder by s.id desc"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   s.id, s.public_id as "publicId", s.name, s.provider, s.settings, s.duplicates, s.resubmit, s.enabled,
 *   s.created_at as "createdAt", s.updated_at as "updatedAt", s.changed_by::text as "version!",
 *   (
 *     select jsonb_agg(jsonb_build_object('createdAt', created_at, 'expiresAt', expires_at) order by id desc)
 *     from source_secrets
 *     where source = s.id and (expires_at is null or expires_at > now())
 *   ) as "secrets",
 *   t.last_accepted_at as "lastAcceptedAt", t.last_rejected_at as "lastRejectedAt", t.last_rejection_code as "lastRejectionCode",
 *   t.last_rejection_detail as "lastRejectionDetail",
 *   source_condition(s.id, s.enabled, t) as "state!",
 *   s.followed as "followed!"
 * from (
 *     select
 *       n.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,
 *       sum(octet_length(n.settings::text)) over newest_first as bytes
 *     from (
 *         select *
 *         from sources
 *         where tenant = :tenant! and deleted_at is null and id < :before!
 *         order by id desc
 *         limit :limit!
 *       ) n
 *     window newest_first as (order by n.id desc)
 *   ) s
 *   join source_states t on t.source = s.id
 * where s.place = 1 or s.bytes <= :bytes!::integer
 * order by s.id desc
 * ```
 */
export const listSources = new PreparedQuery<IListSourcesParams,IListSourcesResult>(listSourcesIR);


