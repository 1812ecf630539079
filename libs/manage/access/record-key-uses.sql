/* Records that the API keys :ids were used until now. In the order of their ids, so that two gateways cannot deadlock. */
/* @name recordKeyUses */
insert into api_key_uses (api_key, last_used_at)
select id, now()
from api_keys
where id = any(:ids!::integer[])
order by id
on conflict (api_key) do update set last_used_at = greatest(api_key_uses.last_used_at, excluded.last_used_at);
