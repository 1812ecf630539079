/*
  Creates an endpoint with its first signing secret, audits it, and nudges every shard's owner. Returns a row, or none when the tenant
  has :most endpoints that are not deleted: an event is admitted in one statement, for all endpoints that get it. With
  :destinationOf, the source that it is made for, also none when this source has one with the URL, made at the same time perhaps.

  With :startAt its catch-up begins, on all shards: of the events that are kept, those accepted from there on ('-infinity': all of them).
*/
/* @name createEndpoint */
with created as (
  insert into endpoints (
    public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,
    public_key, auth_ciphertext, filter, filter_passes,
    max_concurrency, max_retry_after_seconds, rate_limit_per_second, rate_limit_burst, disable_after_ms, headers_ciphertext, metadata, destination_of
  )
  select
    :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,
    :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!,
    :publicKey, :authCiphertext::bytea, :filter::text, :filterPasses::integer,
    :maxConcurrency!, :maxRetryAfterSeconds!,
    :perSecond::float8, :burst::integer, :disableAfterMs::bigint, :headersCiphertext::bytea, :metadata!::text::jsonb, :destinationOf::integer
  where (select count(*) from endpoints where tenant = :tenant! and deleted_at is null) < :most!
  on conflict (destination_of, url_digest(url)) where deleted_at is null and destination_of is not null do nothing
  returning id, tenant, url, event_types
),
secret as (
  insert into endpoint_secrets (endpoint, tenant, ciphertext)
  select id, tenant, :secretCiphertext!::bytea from created
),
kept as (
  select accepted_at from kept_events order by id limit 1
),
begun as (
  insert into catch_ups (endpoint, tenant, from_at, first_at, first_seq, open_shards)
  select
    c.id, c.tenant, b.from_at, b.first_at,
    coalesce(
      (select accept_seq from kept_events where id >= uuid_floor(b.first_at) order by id limit 1),
      (select last_value from accept_seq)
    ),
    (select shards from installation)
  from created c
    cross join lateral (
      select s.from_at, greatest(s.from_at, coalesce((select accepted_at from kept), now())) as first_at
      from (select :startAt::text::timestamptz as from_at) s
    ) b
  where b.from_at is not null
  returning endpoint, tenant, open_shards
),
begun_shards as (
  insert into catch_up_shards (endpoint, shard, tenant)
  select endpoint, shard, tenant from begun, generate_series(0, open_shards - 1) as shard
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'endpoint.created', :subject!, jsonb_build_object('url', url, 'eventTypes', event_types)
  from created, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
nudged as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
  from created, generate_series(0, (select shards from installation) - 1) as shard
)
select id from created;
