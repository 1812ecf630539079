/* Deliveries that each endpoint's catch-up has counted, those of retired days among them, and whether it has ended. */
/* @name sumCatchUps */
select s.endpoint, sum(s.routed)::bigint as "routed!", c.finished_at is not null as "finished!"
from catch_up_shards s
  join catch_ups c on c.endpoint = s.endpoint
group by s.endpoint, c.finished_at;
