/* Takes the advisory lock of a name for this session, or says that another session has it. */
/* @name takeAdvisoryLock */
select pg_try_advisory_lock(hashtext(:name!)) as "taken!";
