/** Types generated for queries found in "libs/flow/delivery/load-endpoints.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type endpoint_status = 'active' | 'disabled' | 'paused';

export type BufferArray = (Buffer)[];

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'LoadEndpoints' parameters type */
export interface ILoadEndpointsParams {
  after: number;
  ids: numberArray;
  limit: NumberOrString;
  since: string;
}

/** 'LoadEndpoints' return type */
export interface ILoadEndpointsResult {
  authCiphertext: Buffer | null;
  burst: number | null;
  deleted: boolean;
  dlqPolicy: dlq_policy;
  headersCiphertext: Buffer | null;
  id: number | null;
  maxConcurrency: number;
  maxRetryAfterSeconds: number;
  perSecond: number | null;
  publicId: string;
  retryScheduleMs: numberArray | null;
  secretCiphertexts: BufferArray | null;
  secretsExpireInMs: numberArray | null;
  server: string;
  snapshot: string;
  status: endpoint_status;
  tenant: string;
  timeoutMs: number;
  url: string;
  version: number;
}

/** 'LoadEndpoints' query type */
export interface ILoadEndpointsQuery {
  params: ILoadEndpointsParams;
  result: ILoadEndpointsResult;
}

const loadEndpointsIR: any = {"usedParamSet":{"since":true,"ids":true,"after":true,"limit":true},"params":[{"name":"since","required":true,"transform":{"type":"scalar"},"locs":[{"a":90,"b":96},{"a":430,"b":436}]},{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":508,"b":512}]},{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":575,"b":581}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":601,"b":607}]}],"statement":"with seen as materialized (\n  select\n    pg_snapshot_xmin(taken) as oldest_open,\n    case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun\n  from pg_current_snapshot() as taken\n),\n-- Materialized: with the page's limit, the planner would walk all endpoints in the order of their ids.\nchanged as materialized (\n  select e.id\n  from seen\n    join endpoints e on e.changed_by >= :since!::text::xid8 and e.changed_by < seen.not_begun\n  union\n  select unnest(:ids!::integer[])\n),\npage as (\n  select id from changed where id > :after! order by id limit :limit!\n)\nselect\n  pg_postmaster_start_time()::text as \"server!\",\n  seen.oldest_open::text as \"snapshot!\",\n  p.id as \"id?\",\n  p.public_id as \"publicId\",\n  p.tenant,\n  p.version,\n  p.url,\n  p.dlq_policy as \"dlqPolicy\",\n  p.retry_schedule_ms as \"retryScheduleMs\",\n  p.timeout_ms as \"timeoutMs\",\n  p.max_concurrency as \"maxConcurrency\",\n  p.max_retry_after_seconds as \"maxRetryAfterSeconds\",\n  p.rate_limit_per_second as \"perSecond\",\n  p.rate_limit_burst as \"burst\",\n  p.headers_ciphertext as \"headersCiphertext\",\n  p.auth_ciphertext as \"authCiphertext\",\n  p.status,\n  p.deleted_at is not null as \"deleted!\",\n  k.ciphertexts as \"secretCiphertexts\",\n  k.expire_in_ms as \"secretsExpireInMs\"\nfrom\n  seen\n  left join (page join endpoints p on p.id = page.id) on true\n  left join lateral (\n    select\n      array_agg(s.ciphertext order by s.id desc) as ciphertexts,\n      -- Null: never.\n      array_agg(extract(epoch from s.expires_at - now())::float8 * 1000 order by s.id desc) as expire_in_ms\n    from endpoint_secrets s\n    where s.endpoint = p.id and (s.expires_at is null or s.expires_at > now())\n  ) k on true\norder by p.id"};

/**
 * Query generated from SQL:
 * ```
 * with seen as materialized (
 *   select
 *     pg_snapshot_xmin(taken) as oldest_open,
 *     case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun
 *   from pg_current_snapshot() as taken
 * ),
 * -- Materialized: with the page's limit, the planner would walk all endpoints in the order of their ids.
 * changed as materialized (
 *   select e.id
 *   from seen
 *     join endpoints e on e.changed_by >= :since!::text::xid8 and e.changed_by < seen.not_begun
 *   union
 *   select unnest(:ids!::integer[])
 * ),
 * page as (
 *   select id from changed where id > :after! order by id limit :limit!
 * )
 * select
 *   pg_postmaster_start_time()::text as "server!",
 *   seen.oldest_open::text as "snapshot!",
 *   p.id as "id?",
 *   p.public_id as "publicId",
 *   p.tenant,
 *   p.version,
 *   p.url,
 *   p.dlq_policy as "dlqPolicy",
 *   p.retry_schedule_ms as "retryScheduleMs",
 *   p.timeout_ms as "timeoutMs",
 *   p.max_concurrency as "maxConcurrency",
 *   p.max_retry_after_seconds as "maxRetryAfterSeconds",
 *   p.rate_limit_per_second as "perSecond",
 *   p.rate_limit_burst as "burst",
 *   p.headers_ciphertext as "headersCiphertext",
 *   p.auth_ciphertext as "authCiphertext",
 *   p.status,
 *   p.deleted_at is not null as "deleted!",
 *   k.ciphertexts as "secretCiphertexts",
 *   k.expire_in_ms as "secretsExpireInMs"
 * from
 *   seen
 *   left join (page join endpoints p on p.id = page.id) on true
 *   left join lateral (
 *     select
 *       array_agg(s.ciphertext order by s.id desc) as ciphertexts,
 *       -- Null: never.
 *       array_agg(extract(epoch from s.expires_at - now())::float8 * 1000 order by s.id desc) as expire_in_ms
 *     from endpoint_secrets s
 *     where s.endpoint = p.id and (s.expires_at is null or s.expires_at > now())
 *   ) k on true
 * order by p.id
 * ```
 */
export const loadEndpoints = new PreparedQuery<ILoadEndpointsParams,ILoadEndpointsResult>(loadEndpointsIR);


