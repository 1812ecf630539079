/*
  Catch-ups that these shards' owners have not finished, and where each is. Tenants in turn: first one of each tenant, then
  their second ones, and so on.
*/
/* @name findOpenCatchUps */
select s.endpoint, s.shard, s.position, catch_up_floor(c.first_at) as "firstId!"
from catch_up_shards s
  join catch_ups c on c.endpoint = s.endpoint
where s.shard = any(:shards!::integer[]) and s.finished_at is null
order by row_number() over (partition by s.tenant order by s.shard, s.endpoint), s.tenant;
