/* Finds a retired day whose partitions are not all dropped. */
/* @name findOpenDay */
select to_char(day, 'YYYYMMDD') as "day!"
from retired_days
where dropped_at is null;
