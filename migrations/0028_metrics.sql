-- Up Migration

-- Gives up rather than let the flushes of running processes wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Numbers over time by tenant: of whole tenants, of their endpoints, of sources and of event types. Processes of the release
-- before still add to `samples` (0026), which is only read otherwise, and is empty after the retention.

-- What a process has counted in ten seconds, as it comes: one row for each measure with the numbers of all names, because a row
-- for each number costs a hundred times as much. A reader of one measure, or of one name, does not open the others. It is kept for
-- two hours.
create table recent_samples (
  tenant text not null,
  -- What the numbers are told apart by: `tenant` (all of it), `endpoint`, `source` or `type`.
  dimension text not null,
  -- What is counted or measured, such as `attempts.2xx` or `latency`.
  measure text not null,
  -- The beginning of the ten seconds, by the clock of the process.
  at timestamptz not null,
  -- One element of each array for each name: that of the source or type, the endpoint's narrow key; empty for a whole tenant, and
  -- for all that is not told apart. No name is there twice.
  names text[] not null,
  counts bigint[] not null,
  -- Of the values that were measured; null for counts.
  sums double precision[],
  -- The values as a histogram of libs/domain/log-histogram.ts, each the text of an array, because they are not equally long; null
  -- for counts and gauges.
  buckets text[],
  -- Whether they are in the minute and the hour, too.
  rolled_up boolean not null default false
);
create index recent_samples_of_tenant on recent_samples (tenant, dimension, measure, at);
create index recent_samples_to_roll_up on recent_samples (tenant, dimension, measure, at) where not rolled_up;
create index recent_samples_expired on recent_samples (at) where rolled_up;

-- The same by minute and hour, of all processes together.
create table sample_rollups (
  tenant text not null,
  dimension text not null,
  -- In seconds: 60, kept for two days, or 3600, kept as long as events.
  step integer not null,
  measure text not null,
  at timestamptz not null,
  name text not null,
  count bigint not null,
  sum double precision not null,
  buckets bigint[] not null,
  primary key (tenant, dimension, step, measure, at, name)
  -- 70: a row changes while its hour lasts.
) with (fillfactor = 70);
create index sample_rollups_of_name on sample_rollups (tenant, dimension, name, step, at);
create index sample_rollups_expired on sample_rollups (step, at);

-- As before, in half the time, and in none for counts, whose histograms are empty.
create or replace function add_buckets(a bigint[], b bigint[]) returns bigint[]
  language plpgsql immutable strict parallel safe as $$
declare
  longer bigint[] := case when cardinality(a) < cardinality(b) then b else a end;
  shorter bigint[] := case when cardinality(a) < cardinality(b) then a else b end;
begin
  for i in 1 .. cardinality(shorter) loop
    if shorter[i] <> 0 then
      longer[i] := longer[i] + shorter[i];
    end if;
  end loop;
  return longer;
end
$$;

-- The sum of histograms of `recent_samples`; empty for null.
create function merge_buckets(histograms text[]) returns bigint[]
  language plpgsql immutable parallel safe as $$
declare
  histogram text;
  merged bigint[] := '{}';
  other bigint[];
begin
  if histograms is null then
    return merged;
  end if;
  foreach histogram in array histograms loop
    other := histogram::bigint[];
    if cardinality(other) > cardinality(merged) then
      declare
        swapped bigint[] := merged;
      begin
        merged := other;
        other := swapped;
      end;
    end if;
    for i in 1 .. cardinality(other) loop
      if other[i] <> 0 then
        merged[i] := merged[i] + other[i];
      end if;
    end loop;
  end loop;
  return merged;
end
$$;

-- `number` is now how many samples the process has stored.
-- A flush, every ten seconds, also shows that its process runs. Null in rows of the release before.
alter table sample_flushes
  add column app text,
  add column version text,
  add column host text,
  add column pid integer,
  add column started_at timestamptz,
  -- When the process ended as it should.
  add column stopped_at timestamptz;
