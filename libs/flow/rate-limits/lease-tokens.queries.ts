/** Types generated for queries found in "libs/flow/rate-limits/lease-tokens.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'LeaseTokens' parameters type */
export interface ILeaseTokensParams {
  capacities: numberArray;
  firsts: numberArray;
  held: numberArray;
  holder: string;
  ids: stringArray;
  lasts: numberArray;
  needs: numberArray;
  rates: numberArray;
  returned: numberArray;
  usedAgo: numberArray;
  waiting: numberArray;
  wanted: numberArray;
}

/** 'LeaseTokens' return type */
export interface ILeaseTokensResult {
  ask: number | null;
  others: number | null;
  place: number | null;
  remaining: number | null;
  tokens: number;
}

/** 'LeaseTokens' query type */
export interface ILeaseTokensQuery {
  params: ILeaseTokensParams;
  result: ILeaseTokensResult;
}

const leaseTokensIR: any = {"usedParamSet":{"ids":true,"rates":true,"capacities":true,"held":true,"returned":true,"wanted":true,"waiting":true,"usedAgo":true,"holder":true,"needs":true,"firsts":true,"lasts":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":61,"b":65}]},{"name":"rates","required":true,"transform":{"type":"scalar"},"locs":[{"a":76,"b":82}]},{"name":"capacities","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":106}]},{"name":"held","required":true,"transform":{"type":"scalar"},"locs":[{"a":119,"b":124}]},{"name":"returned","required":true,"transform":{"type":"scalar"},"locs":[{"a":138,"b":147}]},{"name":"wanted","required":true,"transform":{"type":"scalar"},"locs":[{"a":161,"b":168}]},{"name":"waiting","required":true,"transform":{"type":"scalar"},"locs":[{"a":186,"b":194}]},{"name":"usedAgo","required":true,"transform":{"type":"scalar"},"locs":[{"a":208,"b":216}]},{"name":"holder","required":true,"transform":{"type":"scalar"},"locs":[{"a":2310,"b":2317},{"a":5834,"b":5841}]},{"name":"needs","required":true,"transform":{"type":"scalar"},"locs":[{"a":3753,"b":3759}]},{"name":"firsts","required":true,"transform":{"type":"scalar"},"locs":[{"a":3773,"b":3780}]},{"name":"lasts","required":true,"transform":{"type":"scalar"},"locs":[{"a":3794,"b":3800}]}],"statement":"with settled as materialized (\n  select *\n  from unnest(\n    :ids!::text[], :rates!::float8[], :capacities!::float8[], :held!::integer[], :returned!::integer[], :wanted!::integer[],\n    :waiting!::integer[], :usedAgo!::float8[]\n  ) with ordinality as s (id, rate, capacity, held, returned, wanted, waiting, used_ago, place)\n),\n-- In sorted order, so that two processes with the same buckets cannot deadlock.\nlocked as materialized (\n  select s.*, b.tokens, b.refilled_at, b.leases\n  from settled s\n    join token_buckets b on b.id = s.id\n  order by b.id\n  for no key update of b\n),\ntimed as materialized (\n  select *, clock_timestamp() as at from locked\n),\ncounted as materialized (\n  select\n    t.*,\n    greatest(0, extract(epoch from t.at - t.refilled_at)::float8) as elapsed,\n    l.leased,\n    l.others,\n    l.others_leases,\n    l.claims,\n    coalesce(greatest(l.pass, case when not l.is_claiming then l.least_pass end), 0) as pass,\n    l.pass as own_pass,\n    l.until as own_until,\n    -- Those that Postgres no longer counts were free for others.\n    least(t.held, l.own) as kept,\n    least(t.returned, l.own - least(t.held, l.own)) as given_back,\n    l.own - least(t.held, l.own) - least(t.returned, l.own - least(t.held, l.own)) as used\n  from timed t\n    cross join lateral (\n      select\n        coalesce(sum(tokens), 0) as leased,\n        coalesce(sum(tokens) filter (where not is_other), 0) as own,\n        coalesce(sum(tokens) filter (where is_other and is_held), 0) as others,\n        coalesce(jsonb_object_agg(holder, jsonb_strip_nulls(jsonb_build_object(\n          'tokens', case when is_held then tokens else 0 end, 'until', until,\n          'waiting', waiting, 'claimUntil', claim_until, 'pass', pass\n        ))) filter (where is_other and (is_held or is_claiming)), '{}') as others_leases,\n        coalesce(jsonb_agg(jsonb_build_array(waiting, pass)) filter (where is_other and is_claiming), '[]') as claims,\n        min(pass) filter (where is_other and is_claiming) as least_pass,\n        max(pass) filter (where not is_other) as pass,\n        max(until) filter (where not is_other) as until,\n        coalesce(bool_or(is_claiming) filter (where not is_other), false) as is_claiming\n      from (\n        select\n          holder, tokens, until, waiting, claim_until, pass,\n          holder <> :holder!::text as is_other, until > extract(epoch from t.at) as is_held,\n          coalesce(waiting > 0 and claim_until > extract(epoch from t.at), false) as is_claiming\n        from jsonb_each(t.leases) as lease (holder, terms)\n          cross join lateral (\n            -- A lease never lasts longer than 2 s, and a claim than the time of a token, also when the clock was set back.\n            select\n              (terms ->> 'tokens')::integer as tokens,\n              least((terms ->> 'until')::float8, extract(epoch from t.at)::float8 + 2) as until,\n              (terms ->> 'waiting')::integer as waiting,\n              case when terms ? 'claimUntil' then\n                least((terms ->> 'claimUntil')::float8, extract(epoch from t.at)::float8 + 1 / t.rate + 0.1)\n              end as claim_until,\n              (terms ->> 'pass')::float8 as pass\n          ) as term\n      ) as lease\n    ) as l\n),\nrefilled as materialized (\n  select\n    place, id, at, rate, capacity, wanted, waiting, others, others_leases, claims, pass, own_pass, own_until, kept,\n    greatest(0, least(\n      capacity - others - kept,\n      least(\n        capacity - leased + used,\n        greatest(0, least(capacity - leased, tokens + rate * (elapsed - since_use))) + rate * since_use\n      ) + given_back\n    )) as tokens\n  from counted\n    cross join lateral (select least(elapsed, used_ago) as since_use) as u\n),\nasked as materialized (\n  select *\n  from unnest(:needs!::integer[], :firsts!::integer[], :lasts!::integer[]) with ordinality as a (need, first, last, nth)\n),\n-- By the first bucket. An ask with one bucket has it last, because a tenant's bucket is the last of all its asks.\noffered as materialized (\n  select\n    a.nth, a.first, a.last,\n    case\n      when a.first = 0 then need\n      else least(need, greatest(0, floor(b.tokens) - (sum(need) over (partition by first order by nth) - need)))\n    end as tokens\n  from asked a\n    left join refilled b on b.place = a.first\n  where a.first = 0 or b.place is not null\n),\nspent as materialized (\n  select\n    o.nth, o.first, o.last,\n    least(o.tokens, greatest(0, floor(b.tokens) - coalesce(f.tokens, 0) - (sum(o.tokens) over (partition by o.last order by o.nth) - o.tokens))) as tokens\n  from offered o\n    join refilled b on b.place = o.last\n    -- A bucket is first and last of different asks while a limit beside it comes or goes.\n    left join (select first, sum(tokens) as tokens from offered group by first) as f on f.first = o.last\n),\ngranted as materialized (\n  select\n    b.*,\n    b.tokens - s.tokens as left_over,\n    greatest(0, least(\n      b.wanted,\n      floor(b.tokens - s.tokens) - o.tokens,\n      case when b.waiting > 0 then b.capacity else floor(b.capacity / 2) end - b.others - b.kept\n    )) as leased\n  from refilled b\n    cross join lateral (select coalesce(sum(tokens), 0) as tokens from spent where b.place in (first, last)) as s\n    cross join lateral (\n      select coalesce(sum(case\n        when b.waiting = 0 then (claim ->> 0)::integer\n        else least((claim ->> 0)::integer, greatest(0, floor((b.pass - (claim ->> 1)::float8) * (claim ->> 0)::integer - 1)))\n      end), 0) as tokens\n      from jsonb_array_elements(b.claims) as claim\n    ) as o\n),\nstored as (\n  update token_buckets b\n  set\n    tokens = g.left_over - g.leased,\n    refilled_at = g.at,\n    full_at = g.at + (g.capacity - g.left_over + g.leased) / g.rate * interval '1 second',\n    leases = g.others_leases || case when c.until > extract(epoch from g.at) then\n      jsonb_build_object(:holder!::text, jsonb_strip_nulls(jsonb_build_object(\n        'tokens', (g.kept + g.leased)::integer, 'until', c.until, 'waiting', c.waiting::integer,\n        'claimUntil', case when c.waiting > 0 then\n          extract(epoch from g.at)::float8 + greatest(0, 1 - g.left_over + g.leased) / g.rate + 0.1\n        end,\n        'pass', case when g.waiting > 0 then g.pass + g.leased / g.waiting else g.own_pass end\n      )))\n    else '{}' end\n  from granted g\n    cross join lateral (\n      select\n        -- What got all that it can use makes no claim.\n        case when g.waiting > 0 and g.leased < g.wanted then g.waiting - g.leased end as waiting,\n        -- The pass stays for a while, or one lane that waits again and again would begin with the others each time.\n        case\n          when g.kept + g.leased > 0 or g.waiting > 0 then extract(epoch from g.at)::float8 + 2\n          when g.own_pass is not null then g.own_until\n        end as until\n    ) as c\n    cross join (select set_config('synchronous_commit', 'off', true)) as faster\n  where b.id = g.id\n)\nselect place::integer as \"place\", null::integer as \"ask\", leased::integer as \"tokens!\", left_over - leased as \"remaining\",\n  others::integer as \"others\"\nfrom granted\nunion all\nselect null, nth::integer, tokens::integer, null, null\nfrom spent"};

/**
 * Query generated from SQL:
 * ```
 * with settled as materialized (
 *   select *
 *   from unnest(
 *     :ids!::text[], :rates!::float8[], :capacities!::float8[], :held!::integer[], :returned!::integer[], :wanted!::integer[],
 *     :waiting!::integer[], :usedAgo!::float8[]
 *   ) with ordinality as s (id, rate, capacity, held, returned, wanted, waiting, used_ago, place)
 * ),
 * -- In sorted order, so that two processes with the same buckets cannot deadlock.
 * locked as materialized (
 *   select s.*, b.tokens, b.refilled_at, b.leases
 *   from settled s
 *     join token_buckets b on b.id = s.id
 *   order by b.id
 *   for no key update of b
 * ),
 * timed as materialized (
 *   select *, clock_timestamp() as at from locked
 * ),
 * counted as materialized (
 *   select
 *     t.*,
 *     greatest(0, extract(epoch from t.at - t.refilled_at)::float8) as elapsed,
 *     l.leased,
 *     l.others,
 *     l.others_leases,
 *     l.claims,
 *     coalesce(greatest(l.pass, case when not l.is_claiming then l.least_pass end), 0) as pass,
 *     l.pass as own_pass,
 *     l.until as own_until,
 *     -- Those that Postgres no longer counts were free for others.
 *     least(t.held, l.own) as kept,
 *     least(t.returned, l.own - least(t.held, l.own)) as given_back,
 *     l.own - least(t.held, l.own) - least(t.returned, l.own - least(t.held, l.own)) as used
 *   from timed t
 *     cross join lateral (
 *       select
 *         coalesce(sum(tokens), 0) as leased,
 *         coalesce(sum(tokens) filter (where not is_other), 0) as own,
 *         coalesce(sum(tokens) filter (where is_other and is_held), 0) as others,
 *         coalesce(jsonb_object_agg(holder, jsonb_strip_nulls(jsonb_build_object(
 *           'tokens', case when is_held then tokens else 0 end, 'until', until,
 *           'waiting', waiting, 'claimUntil', claim_until, 'pass', pass
 *         ))) filter (where is_other and (is_held or is_claiming)), '{}') as others_leases,
 *         coalesce(jsonb_agg(jsonb_build_array(waiting, pass)) filter (where is_other and is_claiming), '[]') as claims,
 *         min(pass) filter (where is_other and is_claiming) as least_pass,
 *         max(pass) filter (where not is_other) as pass,
 *         max(until) filter (where not is_other) as until,
 *         coalesce(bool_or(is_claiming) filter (where not is_other), false) as is_claiming
 *       from (
 *         select
 *           holder, tokens, until, waiting, claim_until, pass,
 *           holder <> :holder!::text as is_other, until > extract(epoch from t.at) as is_held,
 *           coalesce(waiting > 0 and claim_until > extract(epoch from t.at), false) as is_claiming
 *         from jsonb_each(t.leases) as lease (holder, terms)
 *           cross join lateral (
 *             -- A lease never lasts longer than 2 s, and a claim than the time of a token, also when the clock was set back.
 *             select
 *               (terms ->> 'tokens')::integer as tokens,
 *               least((terms ->> 'until')::float8, extract(epoch from t.at)::float8 + 2) as until,
 *               (terms ->> 'waiting')::integer as waiting,
 *               case when terms ? 'claimUntil' then
 *                 least((terms ->> 'claimUntil')::float8, extract(epoch from t.at)::float8 + 1 / t.rate + 0.1)
 *               end as claim_until,
 *               (terms ->> 'pass')::float8 as pass
 *           ) as term
 *       ) as lease
 *     ) as l
 * ),
 * refilled as materialized (
 *   select
 *     place, id, at, rate, capacity, wanted, waiting, others, others_leases, claims, pass, own_pass, own_until, kept,
 *     greatest(0, least(
 *       capacity - others - kept,
 *       least(
 *         capacity - leased + used,
 *         greatest(0, least(capacity - leased, tokens + rate * (elapsed - since_use))) + rate * since_use
 *       ) + given_back
 *     )) as tokens
 *   from counted
 *     cross join lateral (select least(elapsed, used_ago) as since_use) as u
 * ),
 * asked as materialized (
 *   select *
 *   from unnest(:needs!::integer[], :firsts!::integer[], :lasts!::integer[]) with ordinality as a (need, first, last, nth)
 * ),
 * -- By the first bucket. An ask with one bucket has it last, because a tenant's bucket is the last of all its asks.
 * offered as materialized (
 *   select
 *     a.nth, a.first, a.last,
 *     case
 *       when a.first = 0 then need
 *       else least(need, greatest(0, floor(b.tokens) - (sum(need) over (partition by first order by nth) - need)))
 *     end as tokens
 *   from asked a
 *     left join refilled b on b.place = a.first
 *   where a.first = 0 or b.place is not null
 * ),
 * spent as materialized (
 *   select
 *     o.nth, o.first, o.last,
 *     least(o.tokens, greatest(0, floor(b.tokens) - coalesce(f.tokens, 0) - (sum(o.tokens) over (partition by o.last order by o.nth) - o.tokens))) as tokens
 *   from offered o
 *     join refilled b on b.place = o.last
 *     -- A bucket is first and last of different asks while a limit beside it comes or goes.
 *     left join (select first, sum(tokens) as tokens from offered group by first) as f on f.first = o.last
 * ),
 * granted as materialized (
 *   select
 *     b.*,
 *     b.tokens - s.tokens as left_over,
 *     greatest(0, least(
 *       b.wanted,
 *       floor(b.tokens - s.tokens) - o.tokens,
 *       case when b.waiting > 0 then b.capacity else floor(b.capacity / 2) end - b.others - b.kept
 *     )) as leased
 *   from refilled b
 *     cross join lateral (select coalesce(sum(tokens), 0) as tokens from spent where b.place in (first, last)) as s
 *     cross join lateral (
 *       select coalesce(sum(case
 *         when b.waiting = 0 then (claim ->> 0)::integer
 *         else least((claim ->> 0)::integer, greatest(0, floor((b.pass - (claim ->> 1)::float8) * (claim ->> 0)::integer - 1)))
 *       end), 0) as tokens
 *       from jsonb_array_elements(b.claims) as claim
 *     ) as o
 * ),
 * stored as (
 *   update token_buckets b
 *   set
 *     tokens = g.left_over - g.leased,
 *     refilled_at = g.at,
 *     full_at = g.at + (g.capacity - g.left_over + g.leased) / g.rate * interval '1 second',
 *     leases = g.others_leases || case when c.until > extract(epoch from g.at) then
 *       jsonb_build_object(:holder!::text, jsonb_strip_nulls(jsonb_build_object(
 *         'tokens', (g.kept + g.leased)::integer, 'until', c.until, 'waiting', c.waiting::integer,
 *         'claimUntil', case when c.waiting > 0 then
 *           extract(epoch from g.at)::float8 + greatest(0, 1 - g.left_over + g.leased) / g.rate + 0.1
 *         end,
 *         'pass', case when g.waiting > 0 then g.pass + g.leased / g.waiting else g.own_pass end
 *       )))
 *     else '{}' end
 *   from granted g
 *     cross join lateral (
 *       select
 *         -- What got all that it can use makes no claim.
 *         case when g.waiting > 0 and g.leased < g.wanted then g.waiting - g.leased end as waiting,
 *         -- The pass stays for a while, or one lane that waits again and again would begin with the others each time.
 *         case
 *           when g.kept + g.leased > 0 or g.waiting > 0 then extract(epoch from g.at)::float8 + 2
 *           when g.own_pass is not null then g.own_until
 *         end as until
 *     ) as c
 *     cross join (select set_config('synchronous_commit', 'off', true)) as faster
 *   where b.id = g.id
 * )
 * select place::integer as "place", null::integer as "ask", leased::integer as "tokens!", left_over - leased as "remaining",
 *   others::integer as "others"
 * from granted
 * union all
 * select null, nth::integer, tokens::integer, null, null
 * from spent
 * ```
 */
export const leaseTokens = new PreparedQuery<ILeaseTokensParams,ILeaseTokensResult>(leaseTokensIR);


