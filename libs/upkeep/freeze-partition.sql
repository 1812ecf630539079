/* @name freezePartition */
select freeze_partition(:parent!, :day!::text::date, :frozen!)::text as done;
