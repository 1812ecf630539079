/** Types generated for queries found in "libs/manage/sources/find-source.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type duplicates_policy = 'conflict' | 'replay';

export type resubmit_policy = 'none' | 'requeue-dead';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** 'FindSource' parameters type */
export interface IFindSourceParams {
  publicId: string;
  tenant: string;
}

/** 'FindSource' return type */
export interface IFindSourceResult {
  createdAt: Date;
  duplicates: duplicates_policy;
  enabled: boolean;
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

/** 'FindSource' query type */
export interface IFindSourceQuery {
  params: IFindSourceParams;
  result: IFindSourceResult;
}

const findSourceIR: any = {"usedParamSet":{"publicId":true,"tenant":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":738,"b":747}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":764,"b":771}]}],"statement":"select\n  s.id, s.public_id as \"publicId\", s.name, s.provider, s.settings, s.duplicates, s.resubmit, s.enabled,\n  s.created_at as \"createdAt\", s.updated_at as \"updatedAt\", s.changed_by::text as \"version!\",\n  (\n    select jsonb_agg(jsonb_build_object('createdAt', created_at, 'expiresAt', expires_at) order by id desc)\n    from source_secrets\n    where source = s.id and (expires_at is null or expires_at > now())\n  ) as \"secrets\",\n  t.last_accepted_at as \"lastAcceptedAt\", t.last_rejected_at as \"lastRejectedAt\", t.last_rejection_code as \"lastRejectionCode\",\n  t.last_rejection_detail as \"lastRejectionDetail\",\n  source_condition(s.id, s.enabled, t) as \"state!\"\nfrom sources s\n  join source_states t on t.source = s.id\nwhere s.public_id = :publicId! and s.tenant = :tenant! and s.deleted_at is null"};

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
 *   source_condition(s.id, s.enabled, t) as "state!"
 * from sources s
 *   join source_states t on t.source = s.id
 * where s.public_id = :publicId! and s.tenant = :tenant! and s.deleted_at is null
 * ```
 */
export const findSource = new PreparedQuery<IFindSourceParams,IFindSourceResult>(findSourceIR);


