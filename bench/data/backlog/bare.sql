-- Stores events as the bare gateway would.
-- $1 to $2: numbers of the events; $3: number of entities.
with numbered as (
  select n, n % $3::integer as entity, 'backlog-' || n as key
  from generate_series($1::integer, $2::integer) as n
),
claimed as (
  insert into idempotency_keys (key) select key from numbered
)
insert into outbox (entity, key, payload)
select
  'acct_' || entity, key,
  format(
    '{"type":"order.created","entity":"acct_%s","data":{"object":{"id":"%s","entity":"acct_%s","number":%s,"email":"test@example.com","amount":1299,"currency":"usd","status":"paid"}}}',
    entity, key, entity, n / $3
  )
from numbered
order by n
