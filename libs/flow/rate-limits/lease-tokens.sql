/*
  Takes tokens from buckets: for asks that wait, and for a process to hold. It also settles what the process held before.

  :holder               the process
  :ids … :wanted        one entry per bucket, each bucket once: its rate and size, the tokens that the process keeps, those
                        that it returns, and those that it would like to hold in addition
  :needs … :lasts       one entry per ask, in their order: tokens, and the places (from 1) of one or two buckets. A token
                        is taken from both or from none. 0 in :firsts means that there is only the last one.

  Returns one row per bucket (the tokens leased to the process, and those left), then one per ask (the tokens it gets, from
  0 to its need). Buckets that do not exist have no row. Not repeatable: a second run takes tokens again.

  The bound. Tokens in a bucket plus those held never exceed its size: a refill ends at the size minus all that was held
  since the last one. That includes tokens which have been used meanwhile, because nobody says when. So in any window of t
  seconds at most size + rate × t tokens are used. No process can have more than half a bucket leased to it and the others.

  The clock is read when a row is locked: of two statements, the one that waited reads the later time. A clock that is set
  back only stops the refill until this statement, and one that is set forward fills a bucket up once.

  The commit does not wait for the disk, because the event's own commit does. So a crash of Postgres forgets what the last
  moments took, and these tokens can be taken again (docs/access.md says how many).
*/
/* @name leaseTokens */
with settled as materialized (
  select *
  from unnest(
    :ids!::text[], :rates!::float8[], :capacities!::float8[], :held!::integer[], :returned!::integer[], :wanted!::integer[]
  ) with ordinality as s (id, rate, capacity, held, returned, wanted, place)
),
-- In sorted order, so that two processes with the same buckets cannot deadlock.
locked as materialized (
  select s.*, b.tokens, b.refilled_at, b.leases
  from settled s
    join token_buckets b on b.id = s.id
  order by b.id
  for no key update of b
),
timed as materialized (
  select *, clock_timestamp() as at from locked
),
counted as materialized (
  select
    t.*,
    l.leased,
    l.others,
    l.others_leases,
    -- Those that Postgres no longer counts were free for others.
    least(t.held, l.own) as kept,
    least(t.returned, l.own - least(t.held, l.own)) as given_back
  from timed t
    cross join lateral (
      select
        coalesce(sum(tokens), 0) as leased,
        coalesce(sum(tokens) filter (where holder = :holder!::text), 0) as own,
        coalesce(sum(tokens) filter (where is_other), 0) as others,
        coalesce(jsonb_object_agg(holder, jsonb_build_object('tokens', tokens, 'until', until)) filter (where is_other), '{}') as others_leases
      from (
        select holder, tokens, until, holder <> :holder!::text and until > extract(epoch from t.at) as is_other
        from jsonb_each(t.leases) as lease (holder, terms)
          cross join lateral (
            -- A lease never lasts longer than 2 s, also when the clock was set back.
            select (terms ->> 'tokens')::integer as tokens, least((terms ->> 'until')::float8, extract(epoch from t.at)::float8 + 2) as until
          ) as term
      ) as lease
    ) as l
),
refilled as materialized (
  select
    place, id, at, rate, capacity, wanted, others, others_leases, kept,
    greatest(0, least(
      capacity - others - kept,
      greatest(0, least(capacity - leased, tokens + rate * greatest(0, extract(epoch from at - refilled_at)::float8))) + given_back
    )) as tokens
  from counted
),
asked as materialized (
  select *
  from unnest(:needs!::integer[], :firsts!::integer[], :lasts!::integer[]) with ordinality as a (need, first, last, nth)
),
-- By the first bucket. An ask with one bucket has it last, because a tenant's bucket is the last of all its asks.
offered as materialized (
  select
    a.nth, a.first, a.last,
    case
      when a.first = 0 then need
      else least(need, greatest(0, floor(b.tokens) - (sum(need) over (partition by first order by nth) - need)))
    end as tokens
  from asked a
    left join refilled b on b.place = a.first
  where a.first = 0 or b.place is not null
),
spent as materialized (
  select
    o.nth, o.first, o.last,
    least(o.tokens, greatest(0, floor(b.tokens) - coalesce(f.tokens, 0) - (sum(o.tokens) over (partition by o.last order by o.nth) - o.tokens))) as tokens
  from offered o
    join refilled b on b.place = o.last
    -- A bucket is first and last of different asks while a limit beside it comes or goes.
    left join (select first, sum(tokens) as tokens from offered group by first) as f on f.first = o.last
),
granted as materialized (
  select
    b.*,
    b.tokens - s.tokens as left_over,
    greatest(0, least(b.wanted, floor(b.tokens - s.tokens), floor(b.capacity / 2) - b.others - b.kept)) as leased
  from refilled b
    cross join lateral (select coalesce(sum(tokens), 0) as tokens from spent where b.place in (first, last)) as s
),
stored as (
  update token_buckets b
  set
    tokens = g.left_over - g.leased,
    refilled_at = g.at,
    full_at = g.at + (g.capacity - g.left_over + g.leased) / g.rate * interval '1 second',
    leases = g.others_leases || case when g.kept + g.leased > 0 then
      jsonb_build_object(:holder!::text, jsonb_build_object('tokens', (g.kept + g.leased)::integer, 'until', extract(epoch from g.at)::float8 + 2))
    else '{}' end
  from granted g, (select set_config('synchronous_commit', 'off', true)) as faster
  where b.id = g.id
)
select place::integer as "place", null::integer as "ask", leased::integer as "tokens!", left_over - leased as "remaining"
from granted
union all
select null, nth::integer, tokens::integer, null
from spent;
