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

const findSourceIR: any = {"usedParamSet":{"publicId":true,"tenant":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":1106,"b":1115}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1132,"b":1139}]}],"statement":"select\n  s.id, s.public_id as \"publicId\", s.name, s.provider, s.settings, s.duplicates, s.resubmit, s.enabled,\n  s.created_at as \"createdAt\", s.updated_at as \"updatedAt\", s.changed_by::text as \"version!\",\n  (\n    select jsonb_agg(jsonb_build_object('createdAt', created_at, 'expiresAt', expires_at) order by id desc)\n    from source_secrets\n    where source = s.id and (expires_at is null or expires_at > now())\n  ) as \"secrets\",\n  t.last_accepted_at as \"lastAcceptedAt\", t.last_rejected_at as \"lastRejectedAt\", t.last_rejection_code as \"lastRejectionCode\",\n  t.last_rejection_detail as \"lastRejectionDetail\",\n  case\n    when not s.enabled then 'disabled'\n    when t.is_failing then 'failing'\n    -- A topic that a gateway cannot read.\n    when exists (select from source_readers r where r.source = s.id and r.state = 'failing' and r.seen_at > now() - interval '30 seconds')\n      then 'failing'\n    when greatest(t.last_accepted_at, t.last_rejected_at) > now() - interval '1 day' then 'active'\n    else 'idle'\n  end as \"state!\"\nfrom sources s\n  join source_states t on t.source = s.id\nwhere s.public_id = :publicId! and s.tenant = :tenant! and s.deleted_at is null"};

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
 *   case
 *     when not s.enabled then 'disabled'
 *     when t.is_failing then 'failing'
 *     -- A topic that a gateway cannot read.
 *     when exists (select from source_readers r where r.source = s.id and r.state = 'failing' and r.seen_at > now() - interval '30 seconds')
 *       then 'failing'
 *     when greatest(t.last_accepted_at, t.last_rejected_at) > now() - interval '1 day' then 'active'
 *     else 'idle'
 *   end as "state!"
 * from sources s
 *   join source_states t on t.source = s.id
 * where s.public_id = :publicId! and s.tenant = :tenant! and s.deleted_at is null
 * ```
 */
export const findSource = new PreparedQuery<IFindSourceParams,IFindSourceResult>(findSourceIR);


