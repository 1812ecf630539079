/*
  How many requests are stored, and the bytes that they take with their indexes. Counted on :pages of the table's pages at
  most: up to there exactly, beyond it from a sample of that size. Statistics would cost less and can be far off:
  pg_class.reltuples is -1 until the first VACUUM or ANALYZE and stands still until the next, and n_live_tup counts from 0
  again after a crash of Postgres.

  The same pages each time (repeatable), so that two readings can be compared.
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
