/*
  Takes tokens from buckets: for asks that wait, and for a process to hold. It also settles what the process held before.

  :holder               the process
  :ids … :usedAgo       one entry per bucket, each bucket once: its rate and size, the tokens that the process keeps, those
                        that it returns, those that it would like to hold in addition, the requests that wait for them
                        in the process, and the seconds since it last used one, at least
  :needs … :lasts       one entry per ask, in their order: tokens, and the places (from 1) of one or two buckets. A token
                        is taken from both or from none. 0 in :firsts means that there is only the last one.

  Returns one row per bucket (the tokens leased to the process, those left, and those that other processes hold), then one
  per ask (the tokens it gets, from 0 to its need). Buckets that do not exist have no row. Not repeatable: a second run takes
  tokens again.

  The bound. Tokens in a bucket plus those held never exceed its size: a refill ends at the size minus all that was held
  since the last one. That includes tokens which have been used meanwhile, until a process reports its last use: from then
  on its tokens are refilled. So in any window of t seconds at most size + rate × t tokens are used. For requests to come, no
  more than half a bucket is leased to all processes; for waiting ones, all of it.

  The shares. A process whose requests got too few tokens leaves a claim: how many wait, and until when it counts, which is
  shortly after the process should have asked again. Each token moves the pass of its process on by one share of those that
  waited there (stride scheduling: Waldspurger and Weihl, 1995). A process that is ahead by more than a token leaves to the
  others what they are behind. The last one leaves nothing, so no token stays in a bucket while somebody asks for it. What
  is leased ahead leaves all that others wait for.

  The clock is read when a row is locked: of two statements, the one that waited reads the later time. A clock that is set
  back only stops the refill until this statement, and one that is set forward fills a bucket up once.

  The commit does not wait for the disk, because the event's own commit does. So a crash of Postgres forgets what the last
  moments took, and these tokens can be taken again (docs/access.md says how many).
*/
/* @name leaseTokens */
with settled as materialized (
  select *
  from unnest(
    :ids!::text[], :rates!::float8[], :capacities!::float8[], :held!::integer[], :returned!::integer[], :wanted!::integer[],
    :waiting!::integer[], :usedAgo!::float8[]
  ) with ordinality as s (id, rate, capacity, held, returned, wanted, waiting, used_ago, place)
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
    greatest(0, extract(epoch from t.at - t.refilled_at)::float8) as elapsed,
    l.leased,
    l.others,
    l.others_leases,
    l.claims,
    coalesce(greatest(l.pass, case when not l.is_claiming then l.least_pass end), 0) as pass,
    l.pass as own_pass,
    l.until as own_until,
    -- Those that Postgres no longer counts were free for others.
    least(t.held, l.own) as kept,
    least(t.returned, l.own - least(t.held, l.own)) as given_back,
    l.own - least(t.held, l.own) - least(t.returned, l.own - least(t.held, l.own)) as used
  from timed t
    cross join lateral (
      select
        coalesce(sum(tokens), 0) as leased,
        coalesce(sum(tokens) filter (where not is_other), 0) as own,
        coalesce(sum(tokens) filter (where is_other and is_held), 0) as others,
        coalesce(jsonb_object_agg(holder, jsonb_strip_nulls(jsonb_build_object(
          'tokens', case when is_held then tokens else 0 end, 'until', until,
          'waiting', waiting, 'claimUntil', claim_until, 'pass', pass
        ))) filter (where is_other and (is_held or is_claiming)), '{}') as others_leases,
        coalesce(jsonb_agg(jsonb_build_array(waiting, pass)) filter (where is_other and is_claiming), '[]') as claims,
        min(pass) filter (where is_other and is_claiming) as least_pass,
        max(pass) filter (where not is_other) as pass,
        max(until) filter (where not is_other) as until,
        coalesce(bool_or(is_claiming) filter (where not is_other), false) as is_claiming
      from (
        select
          holder, tokens, until, waiting, claim_until, pass,
          holder <> :holder!::text as is_other, until > extract(epoch from t.at) as is_held,
          coalesce(waiting > 0 and claim_until > extract(epoch from t.at), false) as is_claiming
        from jsonb_each(t.leases) as lease (holder, terms)
          cross join lateral (
            -- A lease never lasts longer than 2 s, and a claim than the time of a token, also when the clock was set back.
            select
              (terms ->> 'tokens')::integer as tokens,
              least((terms ->> 'until')::float8, extract(epoch from t.at)::float8 + 2) as until,
              (terms ->> 'waiting')::integer as waiting,
              case when terms ? 'claimUntil' then
                least((terms ->> 'claimUntil')::float8, extract(epoch from t.at)::float8 + 1 / t.rate + 0.1)
              end as claim_until,
              (terms ->> 'pass')::float8 as pass
          ) as term
      ) as lease
    ) as l
),
refilled as materialized (
  select
    place, id, at, rate, capacity, wanted, waiting, others, others_leases, claims, pass, own_pass, own_until, kept,
    greatest(0, least(
      capacity - others - kept,
      least(
        capacity - leased + used,
        greatest(0, least(capacity - leased, tokens + rate * (elapsed - since_use))) + rate * since_use
      ) + given_back
    )) as tokens
  from counted
    cross join lateral (select least(elapsed, used_ago) as since_use) as u
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
    greatest(0, least(
      b.wanted,
      floor(b.tokens - s.tokens) - o.tokens,
      case when b.waiting > 0 then b.capacity else floor(b.capacity / 2) end - b.others - b.kept
    )) as leased
  from refilled b
    cross join lateral (select coalesce(sum(tokens), 0) as tokens from spent where b.place in (first, last)) as s
    cross join lateral (
      select coalesce(sum(case
        when b.waiting = 0 then (claim ->> 0)::integer
        else least((claim ->> 0)::integer, greatest(0, floor((b.pass - (claim ->> 1)::float8) * (claim ->> 0)::integer - 1)))
      end), 0) as tokens
      from jsonb_array_elements(b.claims) as claim
    ) as o
),
stored as (
  update token_buckets b
  set
    tokens = g.left_over - g.leased,
    refilled_at = g.at,
    full_at = g.at + (g.capacity - g.left_over + g.leased) / g.rate * interval '1 second',
    leases = g.others_leases || case when c.until > extract(epoch from g.at) then
      jsonb_build_object(:holder!::text, jsonb_strip_nulls(jsonb_build_object(
        'tokens', (g.kept + g.leased)::integer, 'until', c.until, 'waiting', c.waiting::integer,
        'claimUntil', case when c.waiting > 0 then
          extract(epoch from g.at)::float8 + greatest(0, 1 - g.left_over + g.leased) / g.rate + 0.1
        end,
        'pass', case when g.waiting > 0 then g.pass + g.leased / g.waiting else g.own_pass end
      )))
    else '{}' end
  from granted g
    cross join lateral (
      select
        -- What got all that it can use makes no claim.
        case when g.waiting > 0 and g.leased < g.wanted then g.waiting - g.leased end as waiting,
        -- The pass stays for a while, or one lane that waits again and again would begin with the others each time.
        case
          when g.kept + g.leased > 0 or g.waiting > 0 then extract(epoch from g.at)::float8 + 2
          when g.own_pass is not null then g.own_until
        end as until
    ) as c
    cross join (select set_config('synchronous_commit', 'off', true)) as faster
  where b.id = g.id
)
select place::integer as "place", null::integer as "ask", leased::integer as "tokens!", left_over - leased as "remaining",
  others::integer as "others"
from granted
union all
select null, nth::integer, tokens::integer, null, null
from spent;
