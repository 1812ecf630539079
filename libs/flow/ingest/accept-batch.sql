/*
  Accepts a batch of events in one statement: claims their idempotency keys, stores them and queues them for Kafka.

  :ids … :lengths      one entry per event, in the order of arrival, which becomes the order of `accept_seq`; an empty
                       text means "none" in :occurredAts, :keys, :traceparents and :attributes
  :fingerprints        32 bytes per event, concatenated
  :payloads            all bodies, concatenated; an event's body starts at its offset (from 1). One parameter, because an
                       array of bytea travels as text, with two digits per byte.
  :sources, :keyScopes one entry per event as well; both empty if all events are posts, so that posts cost nothing more
  :destinations        narrow keys of endpoints, 0 for none; empty if no event has one

  Keys are claimed in sorted order, so that two gateways with the same keys cannot deadlock. An expired key can be claimed
  again. Returns when the batch was accepted, and the ids whose keys are taken: those events were not stored.
*/
/* @name acceptBatch */
with offered as materialized (
  select *
  from unnest(
    :ids!::uuid[], :tenants!::text[], :shards!::integer[], :types!::text[], :entities!::text[], :occurredAts!::text[],
    :keys!::text[], :contentTypes!::text[], :traceparents!::text[], :attributes!::text[], :acceptedBys!::text[],
    :offsets!::integer[], :lengths!::integer[], :sources!::text[], :keyScopes!::text[], :destinations!::integer[]
  ) with ordinality as event (
    id, tenant, shard, type, entity, occurred_at, key, content_type, traceparent, attributes, accepted_by, start, length,
    source, key_scope, destination, ordinal
  )
),
claimed as (
  insert into idempotency_keys as taken (tenant, key, fingerprint, event_id, expires_at)
  select
    tenant, coalesce(key_scope, '') || key as claim, substring(:fingerprints!::bytea from (ordinal::integer - 1) * 32 + 1 for 32), id,
    now() + case when coalesce(key_scope, '') = '' then :retentionMs!::float8 else :sourceRetentionMs!::float8 end * interval '1 millisecond'
  from offered
  where key <> ''
  order by tenant, claim
  on conflict (tenant, key) do update
    set
      fingerprint = excluded.fingerprint, event_id = excluded.event_id, accepted_at = excluded.accepted_at,
      expires_at = excluded.expires_at
    where taken.expires_at <= now()
  returning event_id
),
stored as (
  insert into events (
    id, tenant, shard, type, entity, occurred_at, idempotency_key, content_type, traceparent, attributes, accepted_by,
    source, destination, payload
  )
  select
    id, tenant, shard, type, entity, nullif(occurred_at, '')::timestamptz, nullif(key, ''), content_type,
    nullif(traceparent, ''), nullif(attributes, '')::jsonb, accepted_by,
    coalesce(source, 'api'), nullif(destination, 0), substring(:payloads!::bytea from start for length)
  from offered
  -- "in" is a hashed lookup in every plan. A join depends on the planner's guess about the arrays' lengths.
  where key = '' or id in (select event_id from claimed)
  order by ordinal
  returning accept_seq, tenant, shard, id
),
queued as (
  insert into outbox (accept_seq, tenant, shard, event_id)
  select accept_seq, tenant, shard, id from stored
)
select
  now() as "acceptedAt",
  array(select id from offered where key <> '' and id not in (select event_id from claimed)) as "taken";
