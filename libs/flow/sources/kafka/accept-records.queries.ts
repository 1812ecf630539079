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
  version: string;
}

/** 'AcceptRecords' return type */
export interface IAcceptRecordsResult {
  acceptedAt: Date;
  isCurrent: boolean;
  moved: numberArray;
  taken: stringArray;
}

/** 'AcceptRecords' query type */
export interface IAcceptRecordsQuery {
  params: IAcceptRecordsParams;
  result: IAcceptRecordsResult;
}

const acceptRecordsIR: any = {"usedParamSet":{"source":true,"version":true,"partitions":true,"expectedOffsets":true,"nextOffsets":true,"topicId":true,"ids":true,"eventPartitions":true,"shards":true,"types":true,"entities":true,"occurredAtsMs":true,"keys":true,"contentTypes":true,"traceparents":true,"attributes":true,"offsets":true,"lengths":true,"keyScope":true,"tenant":true,"fingerprint":true,"retentionMs":true,"sourceName":true,"acceptedBy":true,"payloads":true,"parkedPartitions":true,"parkedShards":true,"parkedKeys":true,"parkedHeaders":true,"parkedValues":true},"params":[{"name":"source","required":true,"transform":{"type":"scalar"},"locs":[{"a":119,"b":126},{"a":899,"b":906}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":239,"b":247}]},{"name":"partitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":449,"b":460}]},{"name":"expectedOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":474,"b":490}]},{"name":"nextOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":503,"b":515}]},{"name":"topicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":671,"b":679},{"a":925,"b":933}]},{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":1024,"b":1028}]},{"name":"eventPartitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":1039,"b":1055}]},{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":1069,"b":1076}]},{"name":"types","required":true,"transform":{"type":"scalar"},"locs":[{"a":1090,"b":1096}]},{"name":"entities","required":true,"transform":{"type":"scalar"},"locs":[{"a":1107,"b":1116}]},{"name":"occurredAtsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1131,"b":1145}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":1158,"b":1163}]},{"name":"contentTypes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1174,"b":1187}]},{"name":"traceparents","required":true,"transform":{"type":"scalar"},"locs":[{"a":1198,"b":1211}]},{"name":"attributes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1222,"b":1233}]},{"name":"offsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":1248,"b":1256}]},{"name":"lengths","required":true,"transform":{"type":"scalar"},"locs":[{"a":1270,"b":1278}]},{"name":"keyScope","required":true,"transform":{"type":"scalar"},"locs":[{"a":1626,"b":1635},{"a":1665,"b":1674},{"a":1817,"b":1826}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1655,"b":1662},{"a":2298,"b":2305},{"a":2955,"b":2962}]},{"name":"fingerprint","required":true,"transform":{"type":"scalar"},"locs":[{"a":1690,"b":1702}]},{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1724,"b":1736}]},{"name":"sourceName","required":true,"transform":{"type":"scalar"},"locs":[{"a":2398,"b":2409}]},{"name":"acceptedBy","required":true,"transform":{"type":"scalar"},"locs":[{"a":2486,"b":2497}]},{"name":"payloads","required":true,"transform":{"type":"scalar"},"locs":[{"a":2514,"b":2523}]},{"name":"parkedPartitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":3032,"b":3049}]},{"name":"parkedShards","required":true,"transform":{"type":"scalar"},"locs":[{"a":3063,"b":3076}]},{"name":"parkedKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":3090,"b":3101}]},{"name":"parkedHeaders","required":true,"transform":{"type":"scalar"},"locs":[{"a":3112,"b":3126}]},{"name":"parkedValues","required":true,"transform":{"type":"scalar"},"locs":[{"a":3137,"b":3150}]}],"statement":"with current as materialized (\n  select s.id\n  from sources s\n    join tenants t on t.id = s.tenant\n  where\n    s.id = :source! and s.deleted_at is null and s.enabled and t.enabled\n    and s.changed_by::text || '/' || t.changed_by::text = :version!\n),\nheld as materialized (\n  -- In order, so that two statements cannot deadlock. One that waits here sees the position that the other one leaves.\n  select p.partition, c.next_offset\n  from\n    unnest(:partitions!::integer[], :expectedOffsets!::bigint[], :nextOffsets!::bigint[])\n      as c (partition, expected_offset, next_offset)\n    join source_positions p\n      on p.source = (select id from current) and p.topic_id = :topicId! and p.partition = c.partition and p.next_offset = c.expected_offset\n  order by p.partition\n  for update of p\n),\nmoved as (\n  update source_positions p\n  set next_offset = h.next_offset\n  from held h\n  where p.source = :source! and p.topic_id = :topicId! and p.partition = h.partition\n),\noffered as materialized (\n  select *\n  from unnest(\n    :ids!::uuid[], :eventPartitions!::integer[], :shards!::integer[], :types!::text[], :entities!::text[],\n    :occurredAtsMs!::float8[], :keys!::text[], :contentTypes!::text[], :traceparents!::text[], :attributes!::text[],\n    :offsets!::integer[], :lengths!::integer[]\n  ) with ordinality as event (\n    id, partition, shard, type, entity, occurred_at_ms, key, content_type, traceparent, attributes, start, length, ordinal\n  )\n  where partition in (select partition from held)\n),\nclaimed as (\n  insert into idempotency_keys as taken (tenant, key, fingerprint, event_id, expires_at)\n  select distinct on (:keyScope!::text || key)\n    :tenant!, :keyScope!::text || key, :fingerprint!::bytea, id, now() + :retentionMs!::float8 * interval '1 millisecond'\n  from offered\n  where key <> ''\n  order by :keyScope!::text || key, ordinal\n  on conflict (tenant, key) do update\n    set\n      fingerprint = excluded.fingerprint, event_id = excluded.event_id, accepted_at = excluded.accepted_at,\n      expires_at = excluded.expires_at\n    where taken.expires_at <= now()\n  returning event_id\n),\nstored as (\n  insert into events (\n    id, tenant, shard, type, entity, occurred_at, idempotency_key, source, content_type, traceparent, attributes, accepted_by,\n    payload\n  )\n  select\n    id, :tenant!, shard, type, entity, to_timestamp(nullif(occurred_at_ms, 'NaN') / 1000), nullif(key, ''), :sourceName!,\n    content_type, nullif(traceparent, ''), nullif(attributes, '')::jsonb, :acceptedBy!,\n    substring(:payloads!::bytea from start for length)\n  from offered\n  -- \"in\" is a hashed lookup in every plan.\n  where key = '' or id in (select event_id from claimed)\n  order by ordinal\n  returning accept_seq, tenant, shard, id\n),\nqueued as (\n  insert into outbox (accept_seq, tenant, shard, event_id)\n  select accept_seq, tenant, shard, id from stored\n),\nparked as (\n  insert into dispatch_outbox (tenant, shard, topic, key, headers, value)\n  select :tenant!, r.shard, 'dlq', r.key, r.headers::jsonb, r.value\n  from\n    unnest(:parkedPartitions!::integer[], :parkedShards!::integer[], :parkedKeys!::text[], :parkedHeaders!::text[], :parkedValues!::bytea[])\n      with ordinality as r (partition, shard, key, headers, value, ordinal)\n  where r.partition in (select partition from held)\n  order by r.ordinal\n)\nselect\n  now() as \"acceptedAt!\",\n  exists(select from current) as \"isCurrent!\",\n  array(select partition from held) as \"moved!\",\n  array(select id from offered where key <> '' and id not in (select event_id from claimed)) as \"taken!\""};

/**
 * Query generated from SQL:
 * ```
 * with current as materialized (
 *   select s.id
 *   from sources s
 *     join tenants t on t.id = s.tenant
 *   where
 *     s.id = :source! and s.deleted_at is null and s.enabled and t.enabled
 *     and s.changed_by::text || '/' || t.changed_by::text = :version!
 * ),
 * held as materialized (
 *   -- In order, so that two statements cannot deadlock. One that waits here sees the position that the other one leaves.
 *   select p.partition, c.next_offset
 *   from
 *     unnest(:partitions!::integer[], :expectedOffsets!::bigint[], :nextOffsets!::bigint[])
 *       as c (partition, expected_offset, next_offset)
 *     join source_positions p
 *       on p.source = (select id from current) and p.topic_id = :topicId! and p.partition = c.partition and p.next_offset = c.expected_offset
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
 *   select distinct on (:keyScope!::text || key)
 *     :tenant!, :keyScope!::text || key, :fingerprint!::bytea, id, now() + :retentionMs!::float8 * interval '1 millisecond'
 *   from offered
 *   where key <> ''
 *   order by :keyScope!::text || key, ordinal
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
 *   exists(select from current) as "isCurrent!",
 *   array(select partition from held) as "moved!",
 *   array(select id from offered where key <> '' and id not in (select event_id from claimed)) as "taken!"
 * ```
 */
export const acceptRecords = new PreparedQuery<IAcceptRecordsParams,IAcceptRecordsResult>(acceptRecordsIR);


