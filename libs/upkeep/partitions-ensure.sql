/* Makes the missing partitions from yesterday (a gateway's clock may be slow) to a week ahead, and returns their number. */
/* @name ensurePartitions */
select sum(ensure_partitions((now() at time zone 'utc')::date + days))::integer as made
from generate_series(-1, 7) as days;
