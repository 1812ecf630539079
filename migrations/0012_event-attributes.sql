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
  -- Set when a producer's repeat of the event asked for it: only dead deliveries are replayed. Counts the event's requeues,
  -- from 1.
  add column requeue integer;
-- Repeats that arrive at once, at any gateway, see the same last requeue: one of them makes the next.
create unique index replays_requeued on replays (event_id, requeue) where requeue is not null;
