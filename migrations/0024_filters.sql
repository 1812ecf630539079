-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Which events an endpoint gets, by their bodies.

alter table endpoints
  -- A predicate in the SQL/JSON path language, as it was given. Null: the endpoint gets every event of its types.
  add column filter text,
  -- The same as Postgres reads it.
  add column filter_path jsonpath generated always as (filter::jsonpath) stored,
  -- How often the filter goes over all of a body at most (libs/manage/endpoints/filter-bounds.ts).
  add column filter_passes integer check (filter_passes > 0),
  add check ((filter is null) = (filter_passes is null));
-- Tenants that have filters: the payloads of others are not read.
create index endpoints_filtered on endpoints (tenant) where filter is not null and deleted_at is null;

alter table inbox
  -- How many endpoints did not get the event because it does not match their filters. Null for none.
  add column filtered integer,
  -- The oldest of them, at most 100: a tenant may have 10,000 endpoints with filters.
  add column filtered_endpoints integer[];
-- The new columns', too, of the partitions that are there (0008).
select thin_statistics('inbox');

-- The endpoints whose filters the body does not match, in their order. `endpoints` and `filters` have one entry each.
--
-- No body raises an error, and no filter: what is not JSON matches nothing, and a filter that fails does not match. Some of
-- these errors cannot be had softly: bytes that are not UTF-8, nesting that exceeds the stack, a time zone that is missing.
-- A block with an exception handler costs about a microsecond. Errors that say nothing about the body, such as a server
-- without memory, are raised.
--
-- A body with more than `most_bytes` matches nothing and is not read.
create function endpoints_refusing(payload bytea, endpoints integer[], filters jsonpath[], most_bytes bigint) returns integer[]
  language plpgsql immutable strict parallel safe as $$
declare
  body jsonb;
  filter jsonpath;
  matches boolean;
  place integer := 0;
  refusing integer[] := '{}';
begin
  if octet_length(payload) > most_bytes then return endpoints; end if;
  begin
    body := convert_from(payload, 'UTF8')::jsonb;
    foreach filter in array filters loop
      place := place + 1;
      if jsonb_path_match(body, filter, silent => true) is not true then refusing := refusing || endpoints[place]; end if;
    end loop;
    return refusing;
  exception when data_exception or program_limit_exceeded or feature_not_supported then
    if body is null then return endpoints; end if;
  end;
  -- A filter has failed. Now each has a block of its own.
  place := 0;
  refusing := '{}';
  foreach filter in array filters loop
    place := place + 1;
    begin
      matches := jsonb_path_match(body, filter, silent => true);
    exception when data_exception or program_limit_exceeded or feature_not_supported then
      matches := false;
    end;
    if matches is not true then refusing := refusing || endpoints[place]; end if;
  end loop;
  return refusing;
end
$$;
