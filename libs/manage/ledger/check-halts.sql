/*
  lane_halt_wrong   a lane stands halted at a sequence that is not closed, or at which it has no dead letter. Below the
                    last closed one it may be: a dead letter that was replayed and died again.
*/
/* @name checkHalts */
with offending as (
  select l.id as lane, l.tenant, l.endpoint, l.entity
  from lanes l
  where
    l.halted_sequence is not null
    and (
      l.halted_sequence > l.closed_sequence
      or not exists (
        select from deliveries d
        where
          -- As the index on dead letters has it.
          d.shard = l.shard and coalesce(d.lane, 0) = l.id and coalesce(d.sequence, 0) = l.halted_sequence
          and d.status = 'dead'
      )
    )
),
counted as (
  select
    *,
    count(*) over (partition by tenant) as total,
    row_number() over (partition by tenant order by lane) as place
  from offending
)
select
  'lane_halt_wrong' as "kind!", c.tenant as "tenant!", c.total as "total!", c.lane as "lane!", c.entity as "entity?",
  p.public_id as "endpointPublicId?"
from counted c
  left join endpoints p on p.id = c.endpoint
where c.place <= :examples!::integer
order by c.tenant, c.place;
