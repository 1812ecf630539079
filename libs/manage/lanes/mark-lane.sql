/*
  Marks a lane, audits it, and nudges its shard's owner, who applies the mark when no attempt is in flight. :action is
  pause, resume (which also ends a halt) or skip (of the head, unless :event is given and differs; a second skip before
  the first is applied changes nothing). Returns no row if the lane does not exist, and a null head if there is nothing to
  skip.
*/
/* @name markLane */
with lane as (
  select l.id, l.shard, l.tenant, l.halted_sequence
  from endpoints p
    join lanes l on l.endpoint = p.id and l.entity = :entity!
  where p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null
  for no key update of l
),
headed as (
  select
    l.id, l.shard, l.tenant,
    coalesce(l.halted_sequence, (
      select min(d.sequence) from deliveries d where d.status = 'pending' and d.shard = l.shard and d.lane = l.id
    )) as head
  from lane l
),
target as (
  select
    h.id, h.shard, h.tenant,
    case when :event::uuid is null or exists (
      select from deliveries d where d.event_id = :event and d.lane = h.id and d.sequence = h.head
    ) then h.head end as head
  from headed h
),
marked as (
  update lanes l
  set
    paused = case :action!::text when 'pause' then true when 'resume' then false else l.paused end,
    halted_sequence = case :action when 'resume' then null else l.halted_sequence end,
    skip_sequence = case :action when 'skip' then t.head else l.skip_sequence end,
    marked_at = now()
  from target t
  where l.id = t.id and (:action <> 'skip' or t.head is not null)
  returning l.tenant, l.shard, t.head
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'lane.' || case :action when 'pause' then 'paused' when 'resume' then 'resumed' else 'skipped' end, :subject!,
    jsonb_strip_nulls(jsonb_build_object('reason', :reason::text, 'sequence', case :action when 'skip' then head end))
  from marked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
nudged as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select tenant, shard, 'control', convert_to('{"kind":"lane_marked"}', 'UTF8') from marked
)
select head from target;
