/* Takes the advisory lock of a name for this session, unless another session holds it. */
/* @name takeAdvisoryLock */
select pg_try_advisory_lock(hashtext(:name!)) as "taken!";
