/* @name releaseAdvisoryLock */
select pg_advisory_unlock(hashtext(:name!)) as "released!";
