/** Types generated for queries found in "libs/flow/ingest/accept-batch.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'AcceptBatch' parameters type */
export interface IAcceptBatchParams {
  acceptedBys: stringArray;
  attributes: stringArray;
  contentTypes: stringArray;
  destinations: numberArray;
  entities: stringArray;
  fingerprints: Buffer;
  ids: stringArray;
  keys: stringArray;
  keyScopes: stringArray;
  lengths: numberArray;
  occurredAts: stringArray;
  offsets: numberArray;
  payloads: Buffer;
  retentionMs: number;
  shards: numberArray;
  sourceRetentionMs: number;
  sources: stringArray;
  tenants: stringArray;
  traceparents: stringArray;
  types: stringArray;
}

/** 'AcceptBatch' return type */
export interface IAcceptBatchResult {
  acceptedAt: Date | null;
  taken: stringArray | null;
}

/** 'AcceptBatch' query type */
export interface IAcceptBatchQuery {
  params: IAcceptBatchParams;
  result: IAcceptBatchResult;
}

const acceptBatchIR: any = {"usedParamSet":{"ids":true,"tenants":true,"shards":true,"types":true,"entities":true,"occurredAts":true,"keys":true,"contentTypes":true,"traceparents":true,"attributes":true,"acceptedBys":true,"offsets":true,"lengths":true,"sources":true,"keyScopes":true,"destinations":true,"fingerprints":true,"retentionMs":true,"sourceRetentionMs":true,"payloads":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":61,"b":65}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":76,"b":84}]},{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":102}]},{"name":"types","required":true,"transform":{"type":"scalar"},"locs":[{"a":116,"b":122}]},{"name":"entities","required":true,"transform":{"type":"scalar"},"locs":[{"a":133,"b":142}]},{"name":"occurredAts","required":true,"transform":{"type":"scalar"},"locs":[{"a":153,"b":165}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":180,"b":185}]},{"name":"contentTypes","required":true,"transform":{"type":"scalar"},"locs":[{"a":196,"b":209}]},{"name":"traceparents","required":true,"transform":{"type":"scalar"},"locs":[{"a":220,"b":233}]},{"name":"attributes","required":true,"transform":{"type":"scalar"},"locs":[{"a":244,"b":255}]},{"name":"acceptedBys","required":true,"transform":{"type":"scalar"},"locs":[{"a":266,"b":278}]},{"name":"offsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":293,"b":301}]},{"name":"lengths","required":true,"transform":{"type":"scalar"},"locs":[{"a":315,"b":323}]},{"name":"sources","required":true,"transform":{"type":"scalar"},"locs":[{"a":337,"b":345}]},{"name":"keyScopes","required":true,"transform":{"type":"scalar"},"locs":[{"a":356,"b":366}]},{"name":"destinations","required":true,"transform":{"type":"scalar"},"locs":[{"a":377,"b":390}]},{"name":"fingerprints","required":true,"transform":{"type":"scalar"},"locs":[{"a":781,"b":794}]},{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":909,"b":921}]},{"name":"sourceRetentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":936,"b":954}]},{"name":"payloads","required":true,"transform":{"type":"scalar"},"locs":[{"a":1748,"b":1757}]}],"statement":"with offered as materialized (\n  select *\n  from unnest(\n    :ids!::uuid[], :tenants!::text[], :shards!::integer[], :types!::text[], :entities!::text[], :occurredAts!::text[],\n    :keys!::text[], :contentTypes!::text[], :traceparents!::text[], :attributes!::text[], :acceptedBys!::text[],\n    :offsets!::integer[], :lengths!::integer[], :sources!::text[], :keyScopes!::text[], :destinations!::integer[]\n  ) with ordinality as event (\n    id, tenant, shard, type, entity, occurred_at, key, content_type, traceparent, attributes, accepted_by, start, length,\n    source, key_scope, destination, ordinal\n  )\n),\nclaimed as (\n  insert into idempotency_keys as taken (tenant, key, fingerprint, event_id, expires_at)\n  select\n    tenant, coalesce(key_scope, '') || key as claim, substring(:fingerprints!::bytea from (ordinal::integer - 1) * 32 + 1 for 32), id,\n    now() + case when coalesce(key_scope, '') = '' then :retentionMs!::float8 else :sourceRetentionMs!::float8 end * interval '1 millisecond'\n  from offered\n  where key <> ''\n  order by tenant, claim\n  on conflict (tenant, key) do update\n    set\n      fingerprint = excluded.fingerprint, event_id = excluded.event_id, accepted_at = excluded.accepted_at,\n      expires_at = excluded.expires_at\n    where taken.expires_at <= now()\n  returning event_id\n),\nstored as (\n  insert into events (\n    id, tenant, shard, type, entity, occurred_at, idempotency_key, content_type, traceparent, attributes, accepted_by,\n    source, destination, payload\n  )\n  select\n    id, tenant, shard, type, entity, nullif(occurred_at, '')::timestamptz, nullif(key, ''), content_type,\n    nullif(traceparent, ''), nullif(attributes, '')::jsonb, accepted_by,\n    coalesce(source, 'api'), nullif(destination, 0), substring(:payloads!::bytea from start for length)\n  from offered\n  -- \"in\" is a hashed lookup in every plan. A join depends on the planner's guess about the arrays' lengths.\n  where key = '' or id in (select event_id from claimed)\n  order by ordinal\n  returning accept_seq, tenant, shard, id\n),\nqueued as (\n  insert into outbox (accept_seq, tenant, shard, event_id)\n  select accept_seq, tenant, shard, id from stored\n)\nselect\n  now() as \"acceptedAt\",\n  array(select id from offered where key <> '' and id not in (select event_id from claimed)) as \"taken\""};

/**
 * Query generated from SQL:
 * ```
 * with offered as materialized (
 *   select *
 *   from unnest(
 *     :ids!::uuid[], :tenants!::text[], :shards!::integer[], :types!::text[], :entities!::text[], :occurredAts!::text[],
 *     :keys!::text[], :contentTypes!::text[], :traceparents!::text[], :attributes!::text[], :acceptedBys!::text[],
 *     :offsets!::integer[], :lengths!::integer[], :sources!::text[], :keyScopes!::text[], :destinations!::integer[]
 *   ) with ordinality as event (
 *     id, tenant, shard, type, entity, occurred_at, key, content_type, traceparent, attributes, accepted_by, start, length,
 *     source, key_scope, destination, ordinal
 *   )
 * ),
 * claimed as (
 *   insert into idempotency_keys as taken (tenant, key, fingerprint, event_id, expires_at)
 *   select
 *     tenant, coalesce(key_scope, '') || key as claim, substring(:fingerprints!::bytea from (ordinal::integer - 1) * 32 + 1 for 32), id,
 *     now() + case when coalesce(key_scope, '') = '' then :retentionMs!::float8 else :sourceRetentionMs!::float8 end * interval '1 millisecond'
 *   from offered
 *   where key <> ''
 *   order by tenant, claim
 *   on conflict (tenant, key) do update
 *     set
 *       fingerprint = excluded.fingerprint, event_id = excluded.event_id, accepted_at = excluded.accepted_at,
 *       expires_at = excluded.expires_at
 *     where taken.expires_at <= now()
 *   returning event_id
 * ),
 * stored as (
 *   insert into events (
 *     id, tenant, shard, type, entity, occurred_at, idempotency_key, content_type, traceparent, attributes, accepted_by,
 *     source, destination, payload
 *   )
 *   select
 *     id, tenant, shard, type, entity, nullif(occurred_at, '')::timestamptz, nullif(key, ''), content_type,
 *     nullif(traceparent, ''), nullif(attributes, '')::jsonb, accepted_by,
 *     coalesce(source, 'api'), nullif(destination, 0), substring(:payloads!::bytea from start for length)
 *   from offered
 *   -- "in" is a hashed lookup in every plan. A join depends on the planner's guess about the arrays' lengths.
 *   where key = '' or id in (select event_id from claimed)
 *   order by ordinal
 *   returning accept_seq, tenant, shard, id
 * ),
 * queued as (
 *   insert into outbox (accept_seq, tenant, shard, event_id)
 *   select accept_seq, tenant, shard, id from stored
 * )
 * select
 *   now() as "acceptedAt",
 *   array(select id from offered where key <> '' and id not in (select event_id from claimed)) as "taken"
 * ```
 */
export const acceptBatch = new PreparedQuery<IAcceptBatchParams,IAcceptBatchResult>(acceptBatchIR);


