/* The secrets of the source :id that are valid, newest first. */
/* @name readSourceSecrets */
select secret
from source_secrets
where source = :id! and (expires_at is null or expires_at > now())
order by id desc;
