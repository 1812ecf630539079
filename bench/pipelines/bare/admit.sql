-- Under the shard's lease, puts new events into the inbox and creates their deliveries, each with its lane's next
-- sequence number. Returns the deliveries.
-- $1 event ids, $2 entities, $3 payloads, in the order of the partition; $4 the shard.
with fence as (
  select epoch from leases where shard = $4 for share
), new as (
  insert into inbox (event_id, entity, payload)
  select * from unnest($1::text[], $2::text[], $3::text[])
   where exists (select 1 from fence)
  on conflict do nothing
  returning event_id, entity
), ranked as (
  select new.event_id, new.entity, first.ordinal, row_number() over (partition by new.entity order by first.ordinal) as rank
    from (select event_id, min(ordinal) as ordinal
            from unnest($1::text[]) with ordinality as given (event_id, ordinal)
           group by event_id) first
    join new using (event_id)
), counts as (
  select entity, count(*) as events from ranked group by entity
), advanced as (
  insert into lanes (endpoint, entity, tail_sequence)
  select 1, entity, events from counts order by entity
  on conflict (endpoint, entity) do update set tail_sequence = lanes.tail_sequence + excluded.tail_sequence
  returning entity, tail_sequence
)
insert into deliveries (event_id, endpoint, entity, sequence)
select ranked.event_id, 1, ranked.entity, advanced.tail_sequence - counts.events + ranked.rank
  from ranked
  join advanced using (entity)
  join counts using (entity)
 order by ranked.ordinal
returning id, event_id
