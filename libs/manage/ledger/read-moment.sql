/*
  The first statement of the transaction: it takes the snapshot, and says of when it is.
  Ids below `settled_before` were minted :settledSeconds ago: most of what is older is admitted.
  `retiring`: a day is retired and has partitions yet, which the views kept_* leave out.
*/
/* @name readMoment */
select
  now() as "asOf!",
  uuid_floor(now() - :settledSeconds!::float8 * interval '1 second') as "settledBefore!",
  exists (select from retired_days where dropped_at is null) as "retiring!";
