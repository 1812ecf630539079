/* Makes the missing partitions from yesterday (a gateway's clock may be behind) to a week ahead; returns how many. */
/* @name ensurePartitions */
select sum(ensure_partitions((now() at time zone 'utc')::date + days))::integer as made
from generate_series(-1, 7) as days;
