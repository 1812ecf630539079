-- Up Migration

-- Gives up rather than let the writers of running processes wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Numbers over time of whole tenants, of sources and of event types, besides those of endpoints. `step` may now be 10 seconds,
-- too, which is kept for two hours.
alter table samples
  -- Empty in rows that only a process of the release before has written.
  add column tenant text not null default '',
  -- What the number is told apart by: `tenant` (all of it), `endpoint`, `source` or `type`.
  add column dimension text not null default '';
create index samples_of_tenant on samples (tenant, dimension, step, measure, at);

-- The subject of a number: its primary key has it. An empty name stands for all that is not told apart, because others of the
-- tenant were busier. An endpoint's name is its narrow key.
create function sample_subject(dimension text, tenant text, name text) returns text
  language sql immutable strict parallel safe
  return case
    when dimension = 'tenant' then 'tenant/' || tenant
    when dimension = 'endpoint' and name <> '' then 'endpoint/' || name
    else dimension || '/' || tenant || '/' || name
  end;

-- The name in a subject; empty for a whole tenant.
create function sample_name(dimension text, tenant text, subject text) returns text
  language sql immutable strict parallel safe
  return case
    when dimension = 'tenant' then ''
    when dimension = 'endpoint' and subject <> 'endpoint/' || tenant || '/' then substr(subject, 10)
    else substr(subject, length(dimension) + length(tenant) + 3)
  end;

-- As before, and in no time for counts, whose histograms are empty.
create or replace function add_buckets(a bigint[], b bigint[]) returns bigint[]
  language sql immutable strict parallel safe
  return case
    when b = '{}' then a
    when a = '{}' then b
    else array(select coalesce(t.x, 0) + coalesce(t.y, 0) from unnest(a, b) with ordinality as t (x, y, place) order by t.place)
  end;

-- A flush, every ten seconds, also shows that its process runs. Null in rows of the release before.
alter table sample_flushes
  add column app text,
  add column version text,
  add column host text,
  add column pid integer,
  add column started_at timestamptz,
  -- When the process ended as it should.
  add column stopped_at timestamptz;
