create table idempotency_keys (
  key text primary key,
  event_id text,
  at timestamptz default now()
);
create table outbox (
  id bigint generated always as identity primary key,
  entity text,
  key text,
  payload text
);
create table leases (
  shard int primary key,
  owner text,
  epoch bigint
);
insert into leases select shard, 'bare', 1 from generate_series(0, 7) as shard;
create table inbox (
  event_id text primary key,
  entity text,
  payload text,
  at timestamptz default now()
);
create table lanes (
  endpoint int,
  entity text,
  tail_sequence bigint not null,
  primary key (endpoint, entity)
) with (fillfactor = 50);
create table deliveries (
  id bigint generated always as identity primary key,
  event_id text,
  endpoint int,
  entity text,
  state smallint default 0,
  attempts int default 0,
  finished_at timestamptz,
  sequence bigint
) with (fillfactor = 70);
create index on deliveries (endpoint, entity, id) where state = 0;
create table attempts (
  delivery bigint,
  number int,
  status int,
  duration_ms real,
  at timestamptz default now(),
  primary key (delivery, number)
);
