-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Events that name the endpoint which gets them, and endpoints that are made for such events.

alter table events
  -- The endpoint (its narrow key) that gets the event, whatever its event types. Null: the event is routed by its type.
  add column destination integer;
-- The new column's, too, of the partitions that are there (0008).
select thin_statistics('events');

alter table endpoints
  -- The source that the endpoint was made for. It gets those events only that name it. Null: the endpoint was made by hand.
  add column destination_of integer references sources;

-- A URL may have more bytes than an entry of an index. Immutable although convert_to is not declared so: its result for UTF8
-- does not change.
create function url_digest(url text) returns bytea
  language sql immutable strict parallel safe
  return sha256(convert_to(url, 'UTF8'));

create index endpoints_url on endpoints (tenant, url_digest(url)) where deleted_at is null;
-- Requests that come at once make one endpoint.
create unique index endpoints_destination on endpoints (destination_of, url_digest(url)) where deleted_at is null and destination_of is not null;
