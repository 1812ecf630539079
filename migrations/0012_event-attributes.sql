-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

alter table events
  -- Headers that are delivered with the event, by name, such as {"ce-id": "17"}. Null for most events.
  add column attributes jsonb,
  -- The principal's id, as in the audit log: `admin`, or `key_…`. Null for events accepted before 0012.
  add column accepted_by text;
-- The new columns', too, of the partitions that are there (0008).
select thin_statistics('events');

alter table replays
  -- Set when a producer's repeat of the event asked for it: only dead deliveries are replayed. The event's attempts until
  -- then, at all endpoints; they grow before any of its deliveries is dead again.
  add column requeued_at_attempt bigint;
-- However many repeats arrive at once, at any gateway, one of them requeues the event.
create unique index replays_requeued on replays (event_id, requeued_at_attempt) where requeued_at_attempt is not null;
