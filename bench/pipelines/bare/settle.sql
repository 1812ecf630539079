-- Records the outcomes of deliveries, and their attempts.
-- $1 deliveries, $2 attempt numbers, $3 status codes, $4 durations in ms.
with settled as (
  update deliveries
     set state = 1, attempts = 1, finished_at = now()
    from unnest($1::bigint[]) given (id)
   where deliveries.id = given.id and deliveries.state = 0
)
insert into attempts (delivery, number, status, duration_ms)
select * from unnest($1::bigint[], $2::int[], $3::int[], $4::real[])
