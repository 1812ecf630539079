/*
  The number of stored requests and their bytes, indexes included. Exact up to :pages pages of the table, above that from
  a sample of that size. Not from statistics: pg_class.reltuples is -1 until the first VACUUM or ANALYZE, and n_live_tup
  restarts from 0 after a crash of Postgres.

  The sample is repeatable, so that two readings can be compared.
*/
/* @name measureRequests */
select
  round(sample.rows * 100 / share.percent)::float8 as "rows!",
  pg_total_relation_size('idempotent_requests')::float8 as "bytes!"
from
  (
    select least(100, 100 * :pages!::float8 / greatest(pg_relation_size('idempotent_requests') / current_setting('block_size')::integer, 1)) as percent
  ) as share
  cross join lateral (
    select count(*) as rows from idempotent_requests tablesample system (share.percent) repeatable (0)
  ) as sample;
