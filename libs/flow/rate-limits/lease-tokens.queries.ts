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
  wanted: numberArray;
}

/** 'LeaseTokens' return type */
export interface ILeaseTokensResult {
  ask: number | null;
  place: number | null;
  remaining: number | null;
  tokens: number;
}

/** 'LeaseTokens' query type */
export interface ILeaseTokensQuery {
  params: ILeaseTokensParams;
  result: ILeaseTokensResult;
}

const leaseTokensIR: any = {"usedParamSet":{"ids":true,"rates":true,"capacities":true,"held":true,"returned":true,"wanted":true,"holder":true,"needs":true,"firsts":true,"lasts":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":61,"b":65}]},{"name":"rates","required":true,"transform":{"type":"scalar"},"locs":[{"a":76,"b":82}]},{"name":"capacities","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":106}]},{"name":"held","required":true,"transform":{"type":"scalar"},"locs":[{"a":119,"b":124}]},{"name":"returned","required":true,"transform":{"type":"scalar"},"locs":[{"a":138,"b":147}]},{"name":"wanted","required":true,"transform":{"type":"scalar"},"locs":[{"a":161,"b":168}]},{"name":"holder","required":true,"transform":{"type":"scalar"},"locs":[{"a":999,"b":1006},{"a":1300,"b":1307},{"a":3772,"b":3779}]},{"name":"needs","required":true,"transform":{"type":"scalar"},"locs":[{"a":2112,"b":2118}]},{"name":"firsts","required":true,"transform":{"type":"scalar"},"locs":[{"a":2132,"b":2139}]},{"name":"lasts","required":true,"transform":{"type":"scalar"},"locs":[{"a":2153,"b":2159}]}],"statement":"with settled as materialized (\n  select *\n  from unnest(\n    :ids!::text[], :rates!::float8[], :capacities!::float8[], :held!::integer[], :returned!::integer[], :wanted!::integer[]\n  ) with ordinality as s (id, rate, capacity, held, returned, wanted, place)\n),\n-- In sorted order, so that two processes with the same buckets cannot deadlock.\nlocked as materialized (\n  select s.*, b.tokens, b.refilled_at, b.leases\n  from settled s\n    join token_buckets b on b.id = s.id\n  order by b.id\n  for no key update of b\n),\ntimed as materialized (\n  select *, clock_timestamp() as at from locked\n),\ncounted as materialized (\n  select\n    t.*,\n    l.leased,\n    l.others,\n    l.others_leases,\n    -- Those that Postgres no longer counts were free for others.\n    least(t.held, l.own) as kept,\n    least(t.returned, l.own - least(t.held, l.own)) as given_back\n  from timed t\n    cross join lateral (\n      select\n        coalesce(sum(tokens), 0) as leased,\n        coalesce(sum(tokens) filter (where holder = :holder!::text), 0) as own,\n        coalesce(sum(tokens) filter (where is_other), 0) as others,\n        coalesce(jsonb_object_agg(holder, jsonb_build_object('tokens', tokens, 'until', until)) filter (where is_other), '{}') as others_leases\n      from (\n        select holder, tokens, until, holder <> :holder!::text and until > extract(epoch from t.at) as is_other\n        from jsonb_each(t.leases) as lease (holder, terms)\n          cross join lateral (\n            -- A lease never lasts longer than 2 s, also when the clock was set back.\n            select (terms ->> 'tokens')::integer as tokens, least((terms ->> 'until')::float8, extract(epoch from t.at)::float8 + 2) as until\n          ) as term\n      ) as lease\n    ) as l\n),\nrefilled as materialized (\n  select\n    place, id, at, rate, capacity, wanted, others, others_leases, kept,\n    greatest(0, least(\n      capacity - others - kept,\n      greatest(0, least(capacity - leased, tokens + rate * greatest(0, extract(epoch from at - refilled_at)::float8))) + given_back\n    )) as tokens\n  from counted\n),\nasked as materialized (\n  select *\n  from unnest(:needs!::integer[], :firsts!::integer[], :lasts!::integer[]) with ordinality as a (need, first, last, nth)\n),\n-- By the first bucket. An ask with one bucket has it last, because a tenant's bucket is the last of all its asks.\noffered as materialized (\n  select\n    a.nth, a.first, a.last,\n    case\n      when a.first = 0 then need\n      else least(need, greatest(0, floor(b.tokens) - (sum(need) over (partition by first order by nth) - need)))\n    end as tokens\n  from asked a\n    left join refilled b on b.place = a.first\n  where a.first = 0 or b.place is not null\n),\nspent as materialized (\n  select\n    o.nth, o.first, o.last,\n    least(o.tokens, greatest(0, floor(b.tokens) - coalesce(f.tokens, 0) - (sum(o.tokens) over (partition by o.last order by o.nth) - o.tokens))) as tokens\n  from offered o\n    join refilled b on b.place = o.last\n    -- A bucket is first and last of different asks while a limit beside it comes or goes.\n    left join (select first, sum(tokens) as tokens from offered group by first) as f on f.first = o.last\n),\ngranted as materialized (\n  select\n    b.*,\n    b.tokens - s.tokens as left_over,\n    greatest(0, least(b.wanted, floor(b.tokens - s.tokens), floor(b.capacity / 2) - b.others - b.kept)) as leased\n  from refilled b\n    cross join lateral (select coalesce(sum(tokens), 0) as tokens from spent where b.place in (first, last)) as s\n),\nstored as (\n  update token_buckets b\n  set\n    tokens = g.left_over - g.leased,\n    refilled_at = g.at,\n    full_at = g.at + (g.capacity - g.left_over + g.leased) / g.rate * interval '1 second',\n    leases = g.others_leases || case when g.kept + g.leased > 0 then\n      jsonb_build_object(:holder!::text, jsonb_build_object('tokens', (g.kept + g.leased)::integer, 'until', extract(epoch from g.at)::float8 + 2))\n    else '{}' end\n  from granted g, (select set_config('synchronous_commit', 'off', true)) as faster\n  where b.id = g.id\n)\nselect place::integer as \"place\", null::integer as \"ask\", leased::integer as \"tokens!\", left_over - leased as \"remaining\"\nfrom granted\nunion all\nselect null, nth::integer, tokens::integer, null\nfrom spent"};

/**
 * Query generated from SQL:
 * ```
 * with settled as materialized (
 *   select *
 *   from unnest(
 *     :ids!::text[], :rates!::float8[], :capacities!::float8[], :held!::integer[], :returned!::integer[], :wanted!::integer[]
 *   ) with ordinality as s (id, rate, capacity, held, returned, wanted, place)
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
 *     l.leased,
 *     l.others,
 *     l.others_leases,
 *     -- Those that Postgres no longer counts were free for others.
 *     least(t.held, l.own) as kept,
 *     least(t.returned, l.own - least(t.held, l.own)) as given_back
 *   from timed t
 *     cross join lateral (
 *       select
 *         coalesce(sum(tokens), 0) as leased,
 *         coalesce(sum(tokens) filter (where holder = :holder!::text), 0) as own,
 *         coalesce(sum(tokens) filter (where is_other), 0) as others,
 *         coalesce(jsonb_object_agg(holder, jsonb_build_object('tokens', tokens, 'until', until)) filter (where is_other), '{}') as others_leases
 *       from (
 *         select holder, tokens, until, holder <> :holder!::text and until > extract(epoch from t.at) as is_other
 *         from jsonb_each(t.leases) as lease (holder, terms)
 *           cross join lateral (
 *             -- A lease never lasts longer than 2 s, also when the clock was set back.
 *             select (terms ->> 'tokens')::integer as tokens, least((terms ->> 'until')::float8, extract(epoch from t.at)::float8 + 2) as until
 *           ) as term
 *       ) as lease
 *     ) as l
 * ),
 * refilled as materialized (
 *   select
 *     place, id, at, rate, capacity, wanted, others, others_leases, kept,
 *     greatest(0, least(
 *       capacity - others - kept,
 *       greatest(0, least(capacity - leased, tokens + rate * greatest(0, extract(epoch from at - refilled_at)::float8))) + given_back
 *     )) as tokens
 *   from counted
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
 *     greatest(0, least(b.wanted, floor(b.tokens - s.tokens), floor(b.capacity / 2) - b.others - b.kept)) as leased
 *   from refilled b
 *     cross join lateral (select coalesce(sum(tokens), 0) as tokens from spent where b.place in (first, last)) as s
 * ),
 * stored as (
 *   update token_buckets b
 *   set
 *     tokens = g.left_over - g.leased,
 *     refilled_at = g.at,
 *     full_at = g.at + (g.capacity - g.left_over + g.leased) / g.rate * interval '1 second',
 *     leases = g.others_leases || case when g.kept + g.leased > 0 then
 *       jsonb_build_object(:holder!::text, jsonb_build_object('tokens', (g.kept + g.leased)::integer, 'until', extract(epoch from g.at)::float8 + 2))
 *     else '{}' end
 *   from granted g, (select set_config('synchronous_commit', 'off', true)) as faster
 *   where b.id = g.id
 * )
 * select place::integer as "place", null::integer as "ask", leased::integer as "tokens!", left_over - leased as "remaining"
 * from granted
 * union all
 * select null, nth::integer, tokens::integer, null
 * from spent
 * ```
 */
export const leaseTokens = new PreparedQuery<ILeaseTokensParams,ILeaseTokensResult>(leaseTokensIR);


