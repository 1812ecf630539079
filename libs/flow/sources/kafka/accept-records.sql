/*
  Accepts records of one topic in one statement: moves the positions of their partitions, stores their events, queues them for
  Kafka, claims their idempotency keys, and parks what cannot be an event. A partition whose position is not the expected one
  is left out, and nothing of it is written. Nothing at all is written unless the source and its tenant are
  enabled and have the version :version: the records were read by the settings of that version. Of events with one key the
  first one is stored, among those of the partitions that are moved.

  :partitions, :expectedOffsets, :nextOffsets   one entry a partition: where its position must be, and where it moves to
  :ids … :lengths, :payloads                    one entry per event, as in accept-batch.sql; :occurredAtsMs is NaN for "none"
  :eventPartitions                              the partition of each event
  :keyScope                                     stands before each key: keys are unique per source
  :parked…                                      records for the `dlq` topic; one entry each

  Returns whether the source is as it was, the partitions that were moved, and the ids whose keys are taken: those events were
  not stored.
*/
/* @name acceptRecords */
with current as materialized (
  select s.id
  from sources s
    join tenants t on t.id = s.tenant
  where
    s.id = :source! and s.deleted_at is null and s.enabled and t.enabled
    and s.changed_by::text || '/' || t.changed_by::text = :version!
),
held as materialized (
  -- In order, so that two statements cannot deadlock. One that waits here sees the position that the other one leaves.
  select p.partition, c.next_offset
  from
    unnest(:partitions!::integer[], :expectedOffsets!::bigint[], :nextOffsets!::bigint[])
      as c (partition, expected_offset, next_offset)
    join source_positions p
      on p.source = (select id from current) and p.topic_id = :topicId! and p.partition = c.partition and p.next_offset = c.expected_offset
  order by p.partition
  for update of p
),
moved as (
  update source_positions p
  set next_offset = h.next_offset
  from held h
  where p.source = :source! and p.topic_id = :topicId! and p.partition = h.partition
),
offered as materialized (
  select *
  from unnest(
    :ids!::uuid[], :eventPartitions!::integer[], :shards!::integer[], :types!::text[], :entities!::text[],
    :occurredAtsMs!::float8[], :keys!::text[], :contentTypes!::text[], :traceparents!::text[], :attributes!::text[],
    :offsets!::integer[], :lengths!::integer[]
  ) with ordinality as event (
    id, partition, shard, type, entity, occurred_at_ms, key, content_type, traceparent, attributes, start, length, ordinal
  )
  where partition in (select partition from held)
),
claimed as (
  insert into idempotency_keys as taken (tenant, key, fingerprint, event_id, expires_at)
  select distinct on (:keyScope!::text || key)
    :tenant!, :keyScope!::text || key, :fingerprint!::bytea, id, now() + :retentionMs!::float8 * interval '1 millisecond'
  from offered
  where key <> ''
  order by :keyScope!::text || key, ordinal
  on conflict (tenant, key) do update
    set
      fingerprint = excluded.fingerprint, event_id = excluded.event_id, accepted_at = excluded.accepted_at,
      expires_at = excluded.expires_at
    where taken.expires_at <= now()
  returning event_id
),
stored as (
  insert into events (
    id, tenant, shard, type, entity, occurred_at, idempotency_key, source, content_type, traceparent, attributes, accepted_by,
    payload
  )
  select
    id, :tenant!, shard, type, entity, to_timestamp(nullif(occurred_at_ms, 'NaN') / 1000), nullif(key, ''), :sourceName!,
    content_type, nullif(traceparent, ''), nullif(attributes, '')::jsonb, :acceptedBy!,
    substring(:payloads!::bytea from start for length)
  from offered
  -- "in" is a hashed lookup in every plan.
  where key = '' or id in (select event_id from claimed)
  order by ordinal
  returning accept_seq, tenant, shard, id
),
queued as (
  insert into outbox (accept_seq, tenant, shard, event_id)
  select accept_seq, tenant, shard, id from stored
),
parked as (
  insert into dispatch_outbox (tenant, shard, topic, key, headers, value)
  select :tenant!, r.shard, 'dlq', r.key, r.headers::jsonb, r.value
  from
    unnest(:parkedPartitions!::integer[], :parkedShards!::integer[], :parkedKeys!::text[], :parkedHeaders!::text[], :parkedValues!::bytea[])
      with ordinality as r (partition, shard, key, headers, value, ordinal)
  where r.partition in (select partition from held)
  order by r.ordinal
)
select
  now() as "acceptedAt!",
  exists(select from current) as "isCurrent!",
  array(select partition from held) as "moved!",
  array(select id from offered where key <> '' and id not in (select event_id from claimed)) as "taken!";
