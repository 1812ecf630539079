/* The day that is retired and whose partitions are not all dropped yet. */
/* @name findOpenDay */
select to_char(day, 'YYYYMMDD') as "day!"
from retired_days
where dropped_at is null;
