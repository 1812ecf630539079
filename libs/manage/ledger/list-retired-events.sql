/* What was counted of retired days before it was dropped. Each of their events was admitted. */
/* @name listRetiredEvents */
select tenant, events from retired_events;
