/* How many requests are stored, as of the table's last analysis, and the bytes that they take with their indexes. */
/* @name measureRequests */
select
  greatest(reltuples, 0)::float8 as "rows!",
  pg_total_relation_size(oid)::float8 as "bytes!"
from pg_class
where oid = 'idempotent_requests'::regclass;
