/* Returns the state of a day's partition: attached, detaching, detached or dropped. */
/* @name findPartitionState */
select
  case
    when child.id is null then 'dropped'
    when i.inhrelid is null then 'detached'
    when i.inhdetachpending then 'detaching'
    else 'attached'
  end as "state!"
from (select to_regclass(:parent!::text || '_' || :day!::text) as id) child
  left join pg_inherits i on i.inhrelid = child.id;
