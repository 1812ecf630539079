-- Claims the idempotency keys and puts the new events into the outbox.
-- $1 idempotency keys, $2 entities, $3 payloads.
with claimed as (
  insert into idempotency_keys (key)
  select key from unnest($1::text[]) key
  on conflict do nothing
  returning key
)
insert into outbox (entity, key, payload)
select event.entity, event.key, event.payload
  from unnest($1::text[], $2::text[], $3::text[]) event (key, entity, payload)
  join claimed on claimed.key = event.key
