/* The newest secret that signs the requests of the endpoint :id, and in how long the last of the others ends. */
/* @name findNewestSecret */
select
  s.id, s.ciphertext,
  coalesce((
    select extract(epoch from max(o.expires_at) - now()) * 1000
    from endpoint_secrets o
    where o.endpoint = s.endpoint and o.id <> s.id and o.expires_at > now()
  ), 0)::float8 as "othersEndInMs!"
from endpoint_secrets s
where s.endpoint = :id! and (s.expires_at is null or s.expires_at > now())
order by s.id desc
limit 1;
