-- Up Migration

-- Posts that got an earlier event as their answer, or 409 with its id: counted by event, minute and key, for timelines.
create table event_duplicates (
  -- Tells entries of one moment apart.
  id bigint generated always as identity,
  event_id uuid not null,
  -- The beginning of the minute, by the gateway's clock, as the moments below.
  minute timestamptz not null,
  -- Of the principal: `admin`, or the id of an API key.
  key text not null,
  requests bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (event_id, minute, key)
) with (fillfactor = 70);
create index event_duplicates_expired on event_duplicates using brin (minute) with (pages_per_range = 32);
