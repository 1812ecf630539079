/* How many secrets sign the requests of the endpoint :id. */
/* @name countLiveSecrets */
select count(*)::integer as "live!"
from endpoint_secrets
where endpoint = :id! and (expires_at is null or expires_at > now());
