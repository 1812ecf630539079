/*
  Cancels a replay or discard: finishes it on the shards that have not, and audits it. A batch that is being applied holds its
  shard's row (see replay-dead-letters.sql): this statement waits for it, and the batches behind it find that the shard is
  finished. So what is applied stays, and nothing follows. One that has ended, or is cancelled, stays as it is.
  No row: there is no such replay.
*/
/* @name cancelReplay */
with found as (
  select id, tenant, cancelled_at
  from replays
  where id = :id! and tenant = :tenant!
  for no key update
),
open as (
  select s.replay, s.shard
  from found f
    join replay_shards s on s.replay = f.id
  where s.finished_at is null and f.cancelled_at is null
  order by s.shard
  for no key update of s
),
ended as (
  update replay_shards s
  set finished_at = now()
  from open o
  where s.replay = o.replay and s.shard = o.shard
  returning s.applied
),
cancelled as (
  update replays r
  set cancelled_at = now()
  from found f
  where r.id = f.id and exists (select from ended)
  returning r.tenant
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select c.tenant, by.type, by.id, by.name, by."requestId", 'replay.cancelled', :subject!, jsonb_build_object('openShards', (select count(*) from ended))
  from cancelled c
    cross join jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
)
select exists (select from cancelled) or f.cancelled_at is not null as "cancelled!" from found f;
