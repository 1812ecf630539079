-- Up Migration

-- An order, its event, and the saga that pays and ships it: in a schema of their own, `shop`, beside Lockstep's tables.
-- Idempotency keys are in Lockstep's idempotent_requests, because an order and its key are one transaction. No tenant
-- anywhere: it is one shop.

-- Placing ---------------------------------------------------------------------------------------------------------

create type order_status as enum ('created', 'paid', 'confirmed', 'cancelled');

create table orders (
  id uuid primary key,
  user_id text not null,
  -- In minor units (cents).
  amount bigint not null check (amount > 0),
  status order_status not null default 'created',
  created_at timestamptz not null,
  updated_at timestamptz not null default now()
);

-- Records for `order.created`, written in their order's transaction and removed when Kafka has them.
create table order_outbox (
  -- By the record's key, and of a number that never changes; a partition of the topic gets those of several slots.
  slot integer not null,
  -- The order of the records within it.
  id bigint generated always as identity,
  event_id uuid not null,
  key text not null,
  value bytea not null,
  created_at timestamptz not null default now(),
  primary key (slot, id)
);

-- Payments --------------------------------------------------------------------------------------------------------

-- Events that payments has taken in. Kafka brings a record at least once; the row makes its effects happen once.
create table payments_inbox (
  event_id uuid primary key,
  order_id uuid not null,
  user_id text not null,
  amount bigint not null,
  received_at timestamptz not null default now(),
  -- Later than Kafka forgets the record: until then it may come again.
  expires_at timestamptz not null
);
create index payments_inbox_expires_at on payments_inbox using brin (expires_at) with (pages_per_range = 32);

-- What each user was asked to pay in all: a sum, which every repeat would spoil.
create table payment_totals (
  user_id text primary key,
  orders bigint not null,
  -- A sum of bigints has no bound that fits one.
  amount numeric not null
) with (fillfactor = 70);

-- The saga --------------------------------------------------------------------------------------------------------

create type saga_step as enum ('payment', 'shipment', 'refund');
create type saga_step_status as enum ('due', 'done', 'refused');

-- One row a step that an order has come to; `<order>:<step>` is the idempotency key of all its attempts.
create table order_steps (
  order_id uuid not null references orders,
  step saga_step not null,
  status saga_step_status not null default 'due',
  attempts integer not null default 0,
  -- When it is tried next. Whoever tries moves it on first: should they die, it comes up again by itself.
  due_at timestamptz not null default now(),
  settled_at timestamptz,
  primary key (order_id, step)
) with (fillfactor = 70);
create index order_steps_due on order_steps (due_at) where status = 'due';

-- The outside -----------------------------------------------------------------------------------------------------

-- What a bank and a warehouse would keep on their side. The derived key makes a step happen once while the key is
-- remembered, which is a day; these indexes do for ever.
create table payments (
  id uuid primary key,
  order_id uuid not null,
  -- Negative: given back.
  amount bigint not null
);
create unique index payments_once on payments (order_id, (amount < 0));

create table shipments (
  id uuid primary key,
  order_id uuid not null
);
create unique index shipments_once on shipments (order_id);
