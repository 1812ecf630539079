-- Stores events as the gateway would: in the order of their numbers, with their keys and outbox rows.
-- $1 to $2: numbers of the events; $3: number of entities; $4: each entity's shard; $5: type of the events.
with numbered as (
  select n, n % $3::integer as entity, uuidv7() as id
  from generate_series($1::integer, $2::integer) as n
),
stored as (
  insert into events (id, tenant, shard, type, entity, idempotency_key, content_type, payload)
  select
    id, 'default', ($4::integer[])[entity + 1], $5::text, 'acct_' || entity, 'backlog-' || n, 'application/json',
    convert_to(format(
      '{"type":"%s","entity":"acct_%s","data":{"object":{"id":"backlog-%s","entity":"acct_%s","number":%s,"email":"test@example.com","amount":1299,"currency":"usd","status":"paid"}}}',
      $5, entity, n, entity, n / $3
    ), 'UTF8')
  from numbered
  order by n
  returning accept_seq, tenant, shard, id, idempotency_key, payload
),
queued as (
  insert into outbox (accept_seq, tenant, shard, event_id)
  select accept_seq, tenant, shard, id from stored
)
insert into idempotency_keys (tenant, key, fingerprint, event_id, expires_at)
select tenant, idempotency_key, sha256(payload), id, now() + interval '1 day' from stored
