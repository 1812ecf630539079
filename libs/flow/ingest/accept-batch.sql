/*
  Accepts a batch of events in one statement: claims their idempotency keys, stores them and queues them for Kafka.

  :ids … :lengths      one entry an event, in the order of arrival, which becomes the order of `accept_seq`; an empty
                       text stands for "none" in :occurredAts, :keys and :traceparents
  :fingerprints        32 bytes an event, one after the other
  :payloads            all bodies one after the other; an event's starts at its offset (from 1). One parameter, because
                       an array of bytea would travel as text, each byte as two digits.

  Keys are claimed in sorted order, or two gateways with the same keys would deadlock. An expired key is claimed anew.
  Returns when the batch was accepted, and the ids whose keys are taken: nothing of those was stored.
*/
/* @name acceptBatch */
with offered as materialized (
  select *
  from unnest(
    :ids!::uuid[], :tenants!::text[], :shards!::integer[], :types!::text[], :entities!::text[], :occurredAts!::text[],
    :keys!::text[], :contentTypes!::text[], :traceparents!::text[], :offsets!::integer[], :lengths!::integer[]
  ) with ordinality as event (
    id, tenant, shard, type, entity, occurred_at, key, content_type, traceparent, start, length, ordinal
  )
),
claimed as (
  insert into idempotency_keys as taken (tenant, key, fingerprint, event_id, expires_at)
  select
    tenant, key, substring(:fingerprints!::bytea from (ordinal::integer - 1) * 32 + 1 for 32), id,
    now() + :retentionMs!::float8 * interval '1 millisecond'
  from offered
  where key <> ''
  order by tenant, key
  on conflict (tenant, key) do update
    set
      fingerprint = excluded.fingerprint, event_id = excluded.event_id, accepted_at = excluded.accepted_at,
      expires_at = excluded.expires_at
    where taken.expires_at <= now()
  returning event_id
),
stored as (
  insert into events (
    id, tenant, shard, type, entity, occurred_at, idempotency_key, content_type, traceparent, payload
  )
  select
    id, tenant, shard, type, entity, nullif(occurred_at, '')::timestamptz, nullif(key, ''), content_type,
    nullif(traceparent, ''), substring(:payloads!::bytea from start for length)
  from offered
  -- "in", not a join: a hashed look-up whatever the planner guesses about the arrays' lengths.
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
