-- Up Migration

-- An order, its event, and the saga that pays and ships it, in a schema of their own: `shop`. Idempotency keys are in
-- Lockstep's idempotent_requests, because an order and its key are one transaction. There are no tenants: it is one shop.

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

-- Records for `order.created`, written in the transaction of their order and removed when they are in Kafka.
create table order_outbox (
  -- A hash of the record's key. The number of slots never changes; each partition of the topic gets several slots.
  slot integer not null,
  -- The order of the records in the slot.
  id bigint generated always as identity,
  event_id uuid not null,
  key text not null,
  value bytea not null,
  created_at timestamptz not null default now(),
  primary key (slot, id)
);

-- Payments --------------------------------------------------------------------------------------------------------

-- Events that payments has taken in. Kafka delivers a record at least once; this row applies its effects once.
create table payments_inbox (
  event_id uuid primary key,
  order_id uuid not null,
  user_id text not null,
  amount bigint not null,
  received_at timestamptz not null default now(),
  -- After Kafka has deleted the record, which can be repeated until then.
  expires_at timestamptz not null
);
create index payments_inbox_expires_at on payments_inbox using brin (expires_at) with (pages_per_range = 32);

-- The total that each user was asked to pay. A repeated event would spoil it.
create table payment_totals (
  user_id text primary key,
  orders bigint not null,
  -- A sum of bigints can exceed a bigint.
  amount numeric not null
) with (fillfactor = 70);

-- The saga --------------------------------------------------------------------------------------------------------

create type saga_step as enum ('payment', 'shipment', 'refund');
create type saga_step_status as enum ('due', 'done', 'refused');

-- The steps that an order has reached. `<order>:<step>` is the idempotency key of all attempts at a step.
create table order_steps (
  order_id uuid not null references orders,
  step saga_step not null,
  status saga_step_status not null default 'due',
  attempts integer not null default 0,
  -- The next attempt. A process moves it forward before it tries, so a step is due again if the process dies.
  due_at timestamptz not null default now(),
  settled_at timestamptz,
  primary key (order_id, step)
) with (fillfactor = 70);
create index order_steps_due on order_steps (due_at) where status = 'due';

-- The outside -----------------------------------------------------------------------------------------------------

-- The books of bank and warehouse. The derived key makes a step happen once while the key is remembered, which is a day;
-- these indexes do so for ever.
create table payments (
  id uuid primary key,
  order_id uuid not null,
  -- Negative: a refund.
  amount bigint not null
);
create unique index payments_once on payments (order_id, (amount < 0));

create table shipments (
  id uuid primary key,
  order_id uuid not null
);
create unique index shipments_once on shipments (order_id);
