/*
  Processes that run, and those that were lost in the last hour: their last flush of numbers over time, which comes every ten
  seconds, says so. Those that ended as they should, and those of the release before, are not among them.
*/
/* @name readProcesses */
select
  process as id, app as "app!", version as "version!", host as "host!", pid as "pid!", started_at as "startedAt!",
  flushed_at as "seenAt", flushed_at > now() - interval '30 seconds' as "runs!"
from sample_flushes
where app is not null and stopped_at is null and flushed_at > now() - interval '1 hour'
order by app, started_at, process
limit 1000;
