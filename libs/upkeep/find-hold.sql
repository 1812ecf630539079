/*
  Returns why a day (ids in [:firstId, :endId)) can't be retired, or null if it can. Checks the cheapest reason first, and
  stops at the first one.

  pending        deliveries that have no outcome yet
  halted         a dead letter of it halts a lane, until an operator decides
  relaying       its events, retry tokens or dead letters wait for the relay
  replaying      an open replay may have dead letters of it, or events
  catching_up    an endpoint that begins in the past has still to read it
  not_admitted   events that have no deliveries yet, or have lost them
  unbalanced     its ledger is not balanced, and the evidence must be kept. By sums over the whole day, as
                 sum-deliveries.sql does it
*/
/* @name findHold */
select
  case
    when exists (
      select from deliveries where event_id >= :firstId! and event_id < :endId! and status = 'pending'
    ) then 'pending'
    when exists (
      select
      from lanes l
        join deliveries d
          on d.shard = l.shard and coalesce(d.lane, 0) = l.id and coalesce(d.sequence, 0) = l.halted_sequence
      where l.halted_sequence is not null
        and d.event_id >= :firstId! and d.event_id < :endId! and d.status = 'dead'
    ) then 'halted'
    when exists (
      select from outbox where event_id >= :firstId! and event_id < :endId!
    ) or exists (
      select
      from (
        select
          case
            when topic = 'dlq' then substring(headers ->> 'ce_id' from '^evt_([0-9a-f]{32})$')
            when topic like 'retry.%' then substring(convert_from(value, 'UTF8') from '"eventId" *: *"([0-9a-f-]{36})"')
          end::uuid as event_id
        from dispatch_outbox
      ) o
      where o.event_id >= :firstId! and o.event_id < :endId!
    ) then 'relaying'
    when exists (
      select
      from replay_shards s
        join replays r on r.id = s.replay
      where s.finished_at is null
        and case
          when r.event_id is not null then r.event_id >= :firstId! and r.event_id < :endId!
          when r.delivered then exists (
            select from events e
            where e.id >= :firstId! and e.id < :endId! and e.shard = s.shard and e.accept_seq > s.after_sequence
          )
          else exists (select from deliveries where event_id >= :firstId! and event_id < :endId! and status = 'dead')
        end
    ) then 'replaying'
    when exists (
      select
      from catch_up_shards s
        join catch_ups c on c.endpoint = s.endpoint
      where s.finished_at is null and catch_up_floor(c.first_at) < :endId!
        and exists (
          select from events e
          where e.id >= :firstId! and e.id < :endId! and e.shard = s.shard and e.accept_seq > s.position
        )
    ) then 'catching_up'
    when exists (
      select
      from events e
      where e.id >= :firstId! and e.id < :endId!
        and not exists (
          select from inbox i where i.event_id = e.id and i.event_id >= :firstId! and i.event_id < :endId!
        )
    ) then 'not_admitted'
    when (
      select count(*) from events where id >= :firstId! and id < :endId!
    ) <> (
      select count(*) from inbox where event_id >= :firstId! and event_id < :endId!
    ) or (
      select coalesce(sum(routes * (uuid_hash_extended(event_id, 0) >> 16)), 0)
      from inbox
      where event_id >= :firstId! and event_id < :endId!
    ) <> (
      select coalesce(sum(uuid_hash_extended(event_id, 0) >> 16), 0)
      from deliveries
      where event_id >= :firstId! and event_id < :endId! and replay = 0 and caught_up is null
    ) or (
      select count(*) from attempts where event_id >= :firstId! and event_id < :endId!
    ) <> (
      select coalesce(sum(attempts), 0) from deliveries where event_id >= :firstId! and event_id < :endId!
    ) then 'unbalanced'
  end as hold;
