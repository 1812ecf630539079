/** Types generated for queries found in "libs/flow/sources/kafka/accept-records.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type BufferArray = (Buffer)[];

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'AcceptRecords' parameters type */
export interface IAcceptRecordsParams {
  acceptedBy: string;
  attributes: stringArray;
  contentTypes: stringArray;
  entities: stringArray;
  eventPartitions: numberArray;
  expectedOffsets: NumberOrStringArray;
  fingerprint: Buffer;
  ids: stringArray;
  keys: stringArray;
  keyScope: string;
  lengths: numberArray;
  nextOffsets: NumberOrStringArray;
  occurredAtsMs: numberArray;
  offsets: numberArray;
  parkedHeaders: stringArray;
  parkedKeys: stringArray;
  parkedPartitions: numberArray;
  parkedShards: numberArray;
  parkedValues: BufferArray;
  partitions: numberArray;
  payloads: Buffer;
  retentionMs: number;
  shards: numberArray;
  source: number;
  sourceName: string;
  tenant: string;
  topicId: string;
  traceparents: stringArray;
  types: stringArray;
}

/** 'AcceptRecords' return type */
export interface IAcceptRecordsResult {
  acceptedAt: Date;
  moved: numberArray;
  taken: stringArray;
}

/** 'AcceptRecords' query type */
export interface IAcceptRecordsQuery {
  params: IAcceptRecordsParams;
  result: IAcceptRecordsResult;
}

const acceptRecordsIR: any = {"usedParamSet":{"partitions":true,"expectedOffsets":true,"nextOffsets":true,"source":true,"topicId":true,"ids":true,"eventPartitions":true,"shards":true,"types":true,"entities":true,"occurredAtsMs":true,"keys":true,"contentTypes":true,"traceparents":true,"attributes":true,"offsets":true,"lengths":true,"tenant":true,"keyScope":true,"fingerprint":true,"retentionMs":true,"sourceName":true,"acceptedBy":true,"payloads":true,"parkedPartitions":true,"parkedShards":true,"parkedKeys":true,"parkedHeaders":true,"parkedValues":true},"params":[{"name":"partitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":202,"b":213}]},{"name":"expectedOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":227,"b":243}]},{"name":"nextOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":256,"b":268}]},{"name":"source","required":true,"transform":{"type":"scalar"},"locs":[{"a":382,"b":389},{"a":636,"b":643}]},{"name":"topicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":408,"b":416},{"a":662,"b":670}]},{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":761,"b":765}]},{"name":"eventPartitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":776,"b":792}]},{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":806,"b":813}]},{"name":"types","required":true,"transform":{"type":"scalar"},"locs":[{"a":827,"b":833}]},{"name":"entities","required":true,"transform":{"type":"scalar"},"locs":[{"a":844,"b":853}]},{"name":"occurredAtsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":868,"b":882}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":895,"b":900}]},{"name":"contentTypes","required":true,"transform":{"type":"scalar"},"locs":[{"a":911,"b":924}]},{"name":"traceparents","required":true,"transform":{"type":"scalar"},"locs":[{"a":935,"b":948}]},{"name":"attributes","required":true,"transform":{"type":"scalar"},"locs":[{"a":959,"b":970}]},{"name":"offsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":985,"b":993}]},{"name":"lengths","required":true,"transform":{"type":"scalar"},"locs":[{"a":1007,"b":1015}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1354,"b":1361},{"a":1988,"b":1995},{"a":2645,"b":2652}]},{"name":"keyScope","required":true,"transform":{"type":"scalar"},"locs":[{"a":1364,"b":1373},{"a":1516,"b":1525}]},{"name":"fingerprint","required":true,"transform":{"type":"scalar"},"locs":[{"a":1389,"b":1401}]},{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1423,"b":1435}]},{"name":"sourceName","required":true,"transform":{"type":"scalar"},"locs":[{"a":2088,"b":2099}]},{"name":"acceptedBy","required":true,"transform":{"type":"scalar"},"locs":[{"a":2176,"b":2187}]},{"name":"payloads","required":true,"transform":{"type":"scalar"},"locs":[{"a":2204,"b":2213}]},{"name":"parkedPartitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":2722,"b":2739}]},{"name":"parkedShards","required":true,"transform":{"type":"scalar"},"locs":[{"a":2753,"b":2766}]},{"name":"parkedKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":2780,"b":2791}]},{"name":"parkedHeaders","required":true,"transform":{"type":"scalar"},"locs":[{"a":2802,"b":2816}]},{"name":"parkedValues","required":true,"transform":{"type":"scalar"},"locs":[{"a":2827,"b":2840}]}],"statement":"with held as materialized (\n  -- In order, so that two statements cannot deadlock. One that waits here sees the position that the other one leaves.\n  select p.partition, c.next_offset\n  from\n    unnest(:partitions!::integer[], :expectedOffsets!::bigint[], :nextOffsets!::bigint[])\n      as c (partition, expected_offset, next_offset)\n    join source_positions p\n      on p.source = :source! and p.topic_id = :topicId! and p.partition = c.partition and p.next_offset = c.expected_offset\n  order by p.partition\n  for update of p\n),\nmoved as (\n  update source_positions p\n  set next_offset = h.next_offset\n  from held h\n  where p.source = :source! and p.topic_id = :topicId! and p.partition = h.partition\n),\noffered as materialized (\n  select *\n  from unnest(\n    :ids!::uuid[], :eventPartitions!::integer[], :shards!::integer[], :types!::text[], :entities!::text[],\n    :occurredAtsMs!::float8[], :keys!::text[], :contentTypes!::text[], :traceparents!::text[], :attributes!::text[],\n    :offsets!::integer[], :lengths!::integer[]\n  ) with ordinality as event (\n    id, partition, shard, type, entity, occurred_at_ms, key, content_type, traceparent, attributes, start, length, ordinal\n  )\n  where partition in (select partition from held)\n),\nclaimed as (\n  insert into idempotency_keys as taken (tenant, key, fingerprint, event_id, expires_at)\n  select\n    :tenant!, :keyScope!::text || key, :fingerprint!::bytea, id, now() + :retentionMs!::float8 * interval '1 millisecond'\n  from offered\n  where key <> ''\n  order by :keyScope!::text || key\n  on conflict (tenant, key) do update\n    set\n      fingerprint = excluded.fingerprint, event_id = excluded.event_id, accepted_at = excluded.accepted_at,\n      expires_at = excluded.expires_at\n    where taken.expires_at <= now()\n  returning event_id\n),\nstored as (\n  insert into events (\n    id, tenant, shard, type, entity, occurred_at, idempotency_key, source, content_type, traceparent, attributes, accepted_by,\n    payload\n  )\n  select\n    id, :tenant!, shard, type, entity, to_timestamp(nullif(occurred_at_ms, 'NaN') / 1000), nullif(key, ''), :sourceName!,\n    content_type, nullif(traceparent, ''), nullif(attributes, '')::jsonb, :acceptedBy!,\n    substring(:payloads!::bytea from start for length)\n  from offered\n  -- \"in\" is a hashed lookup in every plan.\n  where key = '' or id in (select event_id from claimed)\n  order by ordinal\n  returning accept_seq, tenant, shard, id\n),\nqueued as (\n  insert into outbox (accept_seq, tenant, shard, event_id)\n  select accept_seq, tenant, shard, id from stored\n),\nparked as (\n  insert into dispatch_outbox (tenant, shard, topic, key, headers, value)\n  select :tenant!, r.shard, 'dlq', r.key, r.headers::jsonb, r.value\n  from\n    unnest(:parkedPartitions!::integer[], :parkedShards!::integer[], :parkedKeys!::text[], :parkedHeaders!::text[], :parkedValues!::bytea[])\n      with ordinality as r (partition, shard, key, headers, value, ordinal)\n  where r.partition in (select partition from held)\n  order by r.ordinal\n)\nselect\n  now() as \"acceptedAt!\",\n  array(select partition from held) as \"moved!\",\n  array(select id from offered where key <> '' and id not in (select event_id from claimed)) as \"taken!\""};

/**
 * Query generated from SQL:
 * ```
 * with held as materialized (
 *   -- In order, so that two statements cannot deadlock. One that waits here sees the position that the other one leaves.
 *   select p.partition, c.next_offset
 *   from
 *     unnest(:partitions!::integer[], :expectedOffsets!::bigint[], :nextOffsets!::bigint[])
 *       as c (partition, expected_offset, next_offset)
 *     join source_positions p
 *       on p.source = :source! and p.topic_id = :topicId! and p.partition = c.partition and p.next_offset = c.expected_offset
 *   order by p.partition
 *   for update of p
 * ),
 * moved as (
 *   update source_positions p
 *   set next_offset = h.next_offset
 *   from held h
 *   where p.source = :source! and p.topic_id = :topicId! and p.partition = h.partition
 * ),
 * offered as materialized (
 *   select *
 *   from unnest(
 *     :ids!::uuid[], :eventPartitions!::integer[], :shards!::integer[], :types!::text[], :entities!::text[],
 *     :occurredAtsMs!::float8[], :keys!::text[], :contentTypes!::text[], :traceparents!::text[], :attributes!::text[],
 *     :offsets!::integer[], :lengths!::integer[]
 *   ) with ordinality as event (
 *     id, partition, shard, type, entity, occurred_at_ms, key, content_type, traceparent, attributes, start, length, ordinal
 *   )
 *   where partition in (select partition from held)
 * ),
 * claimed as (
 *   insert into idempotency_keys as taken (tenant, key, fingerprint, event_id, expires_at)
 *   select
 *     :tenant!, :keyScope!::text || key, :fingerprint!::bytea, id, now() + :retentionMs!::float8 * interval '1 millisecond'
 *   from offered
 *   where key <> ''
 *   order by :keyScope!::text || key
 *   on conflict (tenant, key) do update
 *     set
 *       fingerprint = excluded.fingerprint, event_id = excluded.event_id, accepted_at = excluded.accepted_at,
 *       expires_at = excluded.expires_at
 *     where taken.expires_at <= now()
 *   returning event_id
 * ),
 * stored as (
 *   insert into events (
 *     id, tenant, shard, type, entity, occurred_at, idempotency_key, source, content_type, traceparent, attributes, accepted_by,
 *     payload
 *   )
 *   select
 *     id, :tenant!, shard, type, entity, to_timestamp(nullif(occurred_at_ms, 'NaN') / 1000), nullif(key, ''), :sourceName!,
 *     content_type, nullif(traceparent, ''), nullif(attributes, '')::jsonb, :acceptedBy!,
 *     substring(:payloads!::bytea from start for length)
 *   from offered
 *   -- "in" is a hashed lookup in every plan.
 *   where key = '' or id in (select event_id from claimed)
 *   order by ordinal
 *   returning accept_seq, tenant, shard, id
 * ),
 * queued as (
 *   insert into outbox (accept_seq, tenant, shard, event_id)
 *   select accept_seq, tenant, shard, id from stored
 * ),
 * parked as (
 *   insert into dispatch_outbox (tenant, shard, topic, key, headers, value)
 *   select :tenant!, r.shard, 'dlq', r.key, r.headers::jsonb, r.value
 *   from
 *     unnest(:parkedPartitions!::integer[], :parkedShards!::integer[], :parkedKeys!::text[], :parkedHeaders!::text[], :parkedValues!::bytea[])
 *       with ordinality as r (partition, shard, key, headers, value, ordinal)
 *   where r.partition in (select partition from held)
 *   order by r.ordinal
 * )
 * select
 *   now() as "acceptedAt!",
 *   array(select partition from held) as "moved!",
 *   array(select id from offered where key <> '' and id not in (select event_id from claimed)) as "taken!"
 * ```
 */
export const acceptRecords = new PreparedQuery<IAcceptRecordsParams,IAcceptRecordsResult>(acceptRecordsIR);


