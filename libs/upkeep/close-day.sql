/* Nothing of the day is left but its numbers. */
/* @name closeDay */
update retired_days set dropped_at = now() where day = :day!::text::date and dropped_at is null;
