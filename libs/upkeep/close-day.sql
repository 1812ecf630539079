/* Marks a retired day whose partitions are all dropped. */
/* @name closeDay */
update retired_days set dropped_at = now() where day = :day!::text::date and dropped_at is null;
