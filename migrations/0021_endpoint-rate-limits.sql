-- Up Migration

-- Gives up rather than let every statement of running processes wait behind it; the start tries again.
set local lock_timeout = '2s';

-- How many requests an endpoint gets: `rate_limit_burst` at once, and `rate_limit_per_second` in the long run. Both or none.
-- The tokens are in `token_buckets`, as `endpoint/<id>`.
alter table endpoints
  add column rate_limit_per_second double precision,
  add column rate_limit_burst integer,
  add check ((rate_limit_per_second is null) = (rate_limit_burst is null));
-- The former setting was a rate alone, without effect. Its column stays for the gateways that still run: they name it when
-- they create endpoints.
update endpoints set rate_limit_per_second = rate_limit, rate_limit_burst = rate_limit where rate_limit is not null;
comment on column endpoints.rate_limit is 'Unused since 0021';
create index endpoints_rate_limited on endpoints (tenant) where rate_limit_per_second is not null and deleted_at is null;

-- Endpoints whose lanes wait for tokens now: their bucket is empty, or a dispatcher has asked it for more than it had.
create view rate_limited_endpoints as
select p.id as endpoint, p.tenant
from endpoints p
  join token_buckets b on b.id = 'endpoint/' || p.id
  cross join lateral (select extract(epoch from clock_timestamp())::float8 as seconds) as now
where
  p.rate_limit_per_second is not null and p.deleted_at is null
  and (
    least(p.rate_limit_burst, b.tokens + p.rate_limit_per_second * greatest(0, now.seconds - extract(epoch from b.refilled_at)::float8)) < 1
    or exists (
      select
      from jsonb_each(b.leases) as lease (holder, terms)
      where (terms ->> 'waiting')::integer > 0 and (terms ->> 'claimUntil')::float8 > now.seconds
    )
  );

-- `held_back`: something holds back all lanes of the endpoint for now, such as its rate limit.
drop function lane_state(boolean, bigint, bigint, endpoint_status, timestamptz);
create function lane_state(
  paused boolean, halted_sequence bigint, depth bigint, endpoint endpoint_status, next_attempt_at timestamptz,
  held_back boolean default false
) returns text
  language sql stable
  return case
    when halted_sequence is not null then 'halted'
    when paused then 'paused'
    when depth = 0 then 'idle'
    when endpoint <> 'active' or next_attempt_at > now() or held_back then 'waiting'
    else 'sending'
  end;
