/** Types generated for queries found in "libs/manage/rejections/add-rejections.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'AddRejections' parameters type */
export interface IAddRejectionsParams {
  acceptedAtsMs: numberArray;
  activityMinutesMs: numberArray;
  activitySources: numberArray;
  codes: stringArray;
  eventFirstsMs: numberArray;
  eventKeys: stringArray;
  eventLastsMs: numberArray;
  eventMinutesMs: numberArray;
  eventRequests: NumberOrStringArray;
  events: stringArray;
  gateway: string;
  keys: stringArray;
  lastAtsMs: numberArray;
  lastDetails: stringArray;
  minutesMs: numberArray;
  number: NumberOrString;
  outcomeDetails: stringArray;
  outcomeLastsMs: numberArray;
  outcomeRequests: NumberOrStringArray;
  outcomes: stringArray;
  rejectedAtsMs: numberArray;
  rejectionCodes: stringArray;
  rejectionDetails: stringArray;
  requests: NumberOrStringArray;
  runSources: numberArray;
  runsRefused: NumberOrStringArray;
  sources: stringArray;
  tenants: stringArray;
}

/** 'AddRejections' return type */
export type IAddRejectionsResult = void;

/** 'AddRejections' query type */
export interface IAddRejectionsQuery {
  params: IAddRejectionsParams;
  result: IAddRejectionsResult;
}

const addRejectionsIR: any = {"usedParamSet":{"gateway":true,"number":true,"events":true,"eventMinutesMs":true,"eventKeys":true,"eventRequests":true,"eventFirstsMs":true,"eventLastsMs":true,"activitySources":true,"activityMinutesMs":true,"outcomes":true,"outcomeRequests":true,"outcomeDetails":true,"outcomeLastsMs":true,"runSources":true,"acceptedAtsMs":true,"rejectedAtsMs":true,"rejectionCodes":true,"rejectionDetails":true,"runsRefused":true,"tenants":true,"minutesMs":true,"sources":true,"keys":true,"codes":true,"requests":true,"lastDetails":true,"lastAtsMs":true},"params":[{"name":"gateway","required":true,"transform":{"type":"scalar"},"locs":[{"a":210,"b":218},{"a":340,"b":348}]},{"name":"number","required":true,"transform":{"type":"scalar"},"locs":[{"a":357,"b":364}]},{"name":"events","required":true,"transform":{"type":"scalar"},"locs":[{"a":817,"b":824}]},{"name":"eventMinutesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":835,"b":850}]},{"name":"eventKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":863,"b":873}]},{"name":"eventRequests","required":true,"transform":{"type":"scalar"},"locs":[{"a":884,"b":898}]},{"name":"eventFirstsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":911,"b":925}]},{"name":"eventLastsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":944,"b":957}]},{"name":"activitySources","required":true,"transform":{"type":"scalar"},"locs":[{"a":1589,"b":1605}]},{"name":"activityMinutesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1619,"b":1637}]},{"name":"outcomes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1650,"b":1659}]},{"name":"outcomeRequests","required":true,"transform":{"type":"scalar"},"locs":[{"a":1670,"b":1686}]},{"name":"outcomeDetails","required":true,"transform":{"type":"scalar"},"locs":[{"a":1705,"b":1720}]},{"name":"outcomeLastsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1731,"b":1746}]},{"name":"runSources","required":true,"transform":{"type":"scalar"},"locs":[{"a":2702,"b":2713}]},{"name":"acceptedAtsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":2727,"b":2741}]},{"name":"rejectedAtsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":2754,"b":2768}]},{"name":"rejectionCodes","required":true,"transform":{"type":"scalar"},"locs":[{"a":2781,"b":2796}]},{"name":"rejectionDetails","required":true,"transform":{"type":"scalar"},"locs":[{"a":2813,"b":2830}]},{"name":"runsRefused","required":true,"transform":{"type":"scalar"},"locs":[{"a":2841,"b":2853}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":4594,"b":4602}]},{"name":"minutesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":4613,"b":4623}]},{"name":"sources","required":true,"transform":{"type":"scalar"},"locs":[{"a":4636,"b":4644}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":4655,"b":4660}]},{"name":"codes","required":true,"transform":{"type":"scalar"},"locs":[{"a":4671,"b":4677}]},{"name":"requests","required":true,"transform":{"type":"scalar"},"locs":[{"a":4688,"b":4697}]},{"name":"lastDetails","required":true,"transform":{"type":"scalar"},"locs":[{"a":4714,"b":4726}]},{"name":"lastAtsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":4737,"b":4747}]}],"statement":"with forgotten as (\n  -- Of gateways that have stopped.\n  delete from rejection_flushes\n  where gateway in (\n    select gateway from rejection_flushes where flushed_at < now() - interval '1 day' and gateway <> :gateway!::uuid\n    for update skip locked\n  )\n),\nflush as (\n  insert into rejection_flushes as known (gateway, number)\n  values (:gateway!::uuid, :number!::bigint)\n  on conflict (gateway) do update set number = excluded.number, flushed_at = now()\n    where known.number < excluded.number\n  returning number\n),\nduplicates as (\n  insert into event_duplicates as known (event_id, minute, key, requests, first_at, last_at)\n  select\n    d.event, to_timestamp(d.minute_ms / 1000), d.key, d.requests, to_timestamp(d.first_at_ms / 1000), to_timestamp(d.last_at_ms / 1000)\n  from flush\n    cross join unnest(\n      :events!::uuid[], :eventMinutesMs!::float8[], :eventKeys!::text[], :eventRequests!::bigint[], :eventFirstsMs!::float8[],\n      :eventLastsMs!::float8[]\n    ) as d (event, minute_ms, key, requests, first_at_ms, last_at_ms)\n  order by d.event, d.minute_ms, d.key\n  on conflict (event_id, minute, key) do update\n    set\n      requests = known.requests + excluded.requests,\n      first_at = least(known.first_at, excluded.first_at),\n      last_at = greatest(known.last_at, excluded.last_at)\n),\nactivity as (\n  insert into source_activity as known (source, minute, outcome, requests, last_detail, last_at)\n  select\n    a.source, to_timestamp(a.minute_ms / 1000), a.outcome, a.requests, a.last_detail, to_timestamp(a.last_at_ms / 1000)\n  from flush\n    cross join unnest(\n      :activitySources!::integer[], :activityMinutesMs!::float8[], :outcomes!::text[], :outcomeRequests!::bigint[],\n      :outcomeDetails!::text[], :outcomeLastsMs!::float8[]\n    ) as a (source, minute_ms, outcome, requests, last_detail, last_at_ms)\n    join sources s on s.id = a.source\n  order by a.source, a.minute_ms, a.outcome\n  on conflict (source, minute, outcome) do update\n    set\n      requests = known.requests + excluded.requests,\n      last_detail = case when excluded.last_at >= known.last_at then excluded.last_detail else known.last_detail end,\n      last_at = greatest(known.last_at, excluded.last_at)\n),\n-- Moments that are 0, and codes that are empty, are of nothing. The lock comes first, so that of two flushes at once the second knows what the first has made of the source.\nstates_before as materialized (\n  select\n    s.source, s.is_failing, r.refused, nullif(r.rejection_code, '') as rejection_code, r.rejection_detail,\n    to_timestamp(nullif(r.accepted_at_ms, 0) / 1000) as accepted_at, to_timestamp(nullif(r.rejected_at_ms, 0) / 1000) as rejected_at\n  from flush\n    cross join unnest(\n      :runSources!::integer[], :acceptedAtsMs!::float8[], :rejectedAtsMs!::float8[], :rejectionCodes!::text[],\n      :rejectionDetails!::text[], :runsRefused!::bigint[]\n    ) as r (source, accepted_at_ms, rejected_at_ms, rejection_code, rejection_detail, refused)\n    join source_states s on s.source = r.source\n  order by s.source\n  for no key update of s\n),\nstates as (\n  update source_states s\n  set\n    last_accepted_at = greatest(s.last_accepted_at, b.accepted_at),\n    last_rejected_at = greatest(s.last_rejected_at, b.rejected_at),\n    last_rejection_code = case\n      when b.rejected_at >= s.last_rejected_at or s.last_rejected_at is null then b.rejection_code else s.last_rejection_code\n    end,\n    last_rejection_detail = case\n      when b.rejected_at >= s.last_rejected_at or s.last_rejected_at is null then b.rejection_detail else s.last_rejection_detail\n    end,\n    refused = b.refused + case when b.accepted_at is null then s.refused else 0 end\n  from states_before b\n  where s.source = b.source\n  returning s.*, b.is_failing as was_failing\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\n  select\n    s.tenant, 'system', 'system', 'Lockstep', 'source.' || case when t.is_failing then 'failing' else 'recovered' end,\n    'src_' || replace(s.public_id::text, '-', ''),\n    case when t.is_failing\n      then jsonb_build_object('refused', t.refused, 'code', t.last_rejection_code, 'detail', t.last_rejection_detail) else '{}'\n    end\n  from states t\n    join sources s on s.id = t.source\n  where t.is_failing <> t.was_failing and s.deleted_at is null\n)\ninsert into rejections as known (tenant, minute, source, key, code, requests, last_detail, last_at)\nselect\n  r.tenant, to_timestamp(r.minute_ms / 1000), r.source, r.key, r.code, r.requests, r.last_detail, to_timestamp(r.last_at_ms / 1000)\nfrom flush\n  cross join unnest(\n    :tenants!::text[], :minutesMs!::float8[], :sources!::text[], :keys!::text[], :codes!::text[], :requests!::bigint[],\n    :lastDetails!::text[], :lastAtsMs!::float8[]\n  ) as r (tenant, minute_ms, source, key, code, requests, last_detail, last_at_ms)\norder by r.tenant, r.minute_ms, r.source, r.key, r.code\non conflict (tenant, minute, source, key, code) do update\n  set\n    requests = known.requests + excluded.requests,\n    last_detail = case when excluded.last_at >= known.last_at then excluded.last_detail else known.last_detail end,\n    last_at = greatest(known.last_at, excluded.last_at)"};

/**
 * Query generated from SQL:
 * ```
 * with forgotten as (
 *   -- Of gateways that have stopped.
 *   delete from rejection_flushes
 *   where gateway in (
 *     select gateway from rejection_flushes where flushed_at < now() - interval '1 day' and gateway <> :gateway!::uuid
 *     for update skip locked
 *   )
 * ),
 * flush as (
 *   insert into rejection_flushes as known (gateway, number)
 *   values (:gateway!::uuid, :number!::bigint)
 *   on conflict (gateway) do update set number = excluded.number, flushed_at = now()
 *     where known.number < excluded.number
 *   returning number
 * ),
 * duplicates as (
 *   insert into event_duplicates as known (event_id, minute, key, requests, first_at, last_at)
 *   select
 *     d.event, to_timestamp(d.minute_ms / 1000), d.key, d.requests, to_timestamp(d.first_at_ms / 1000), to_timestamp(d.last_at_ms / 1000)
 *   from flush
 *     cross join unnest(
 *       :events!::uuid[], :eventMinutesMs!::float8[], :eventKeys!::text[], :eventRequests!::bigint[], :eventFirstsMs!::float8[],
 *       :eventLastsMs!::float8[]
 *     ) as d (event, minute_ms, key, requests, first_at_ms, last_at_ms)
 *   order by d.event, d.minute_ms, d.key
 *   on conflict (event_id, minute, key) do update
 *     set
 *       requests = known.requests + excluded.requests,
 *       first_at = least(known.first_at, excluded.first_at),
 *       last_at = greatest(known.last_at, excluded.last_at)
 * ),
 * activity as (
 *   insert into source_activity as known (source, minute, outcome, requests, last_detail, last_at)
 *   select
 *     a.source, to_timestamp(a.minute_ms / 1000), a.outcome, a.requests, a.last_detail, to_timestamp(a.last_at_ms / 1000)
 *   from flush
 *     cross join unnest(
 *       :activitySources!::integer[], :activityMinutesMs!::float8[], :outcomes!::text[], :outcomeRequests!::bigint[],
 *       :outcomeDetails!::text[], :outcomeLastsMs!::float8[]
 *     ) as a (source, minute_ms, outcome, requests, last_detail, last_at_ms)
 *     join sources s on s.id = a.source
 *   order by a.source, a.minute_ms, a.outcome
 *   on conflict (source, minute, outcome) do update
 *     set
 *       requests = known.requests + excluded.requests,
 *       last_detail = case when excluded.last_at >= known.last_at then excluded.last_detail else known.last_detail end,
 *       last_at = greatest(known.last_at, excluded.last_at)
 * ),
 * -- Moments that are 0, and codes that are empty, are of nothing. The lock comes first, so that of two flushes at once the second knows what the first has made of the source.
 * states_before as materialized (
 *   select
 *     s.source, s.is_failing, r.refused, nullif(r.rejection_code, '') as rejection_code, r.rejection_detail,
 *     to_timestamp(nullif(r.accepted_at_ms, 0) / 1000) as accepted_at, to_timestamp(nullif(r.rejected_at_ms, 0) / 1000) as rejected_at
 *   from flush
 *     cross join unnest(
 *       :runSources!::integer[], :acceptedAtsMs!::float8[], :rejectedAtsMs!::float8[], :rejectionCodes!::text[],
 *       :rejectionDetails!::text[], :runsRefused!::bigint[]
 *     ) as r (source, accepted_at_ms, rejected_at_ms, rejection_code, rejection_detail, refused)
 *     join source_states s on s.source = r.source
 *   order by s.source
 *   for no key update of s
 * ),
 * states as (
 *   update source_states s
 *   set
 *     last_accepted_at = greatest(s.last_accepted_at, b.accepted_at),
 *     last_rejected_at = greatest(s.last_rejected_at, b.rejected_at),
 *     last_rejection_code = case
 *       when b.rejected_at >= s.last_rejected_at or s.last_rejected_at is null then b.rejection_code else s.last_rejection_code
 *     end,
 *     last_rejection_detail = case
 *       when b.rejected_at >= s.last_rejected_at or s.last_rejected_at is null then b.rejection_detail else s.last_rejection_detail
 *     end,
 *     refused = b.refused + case when b.accepted_at is null then s.refused else 0 end
 *   from states_before b
 *   where s.source = b.source
 *   returning s.*, b.is_failing as was_failing
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 *   select
 *     s.tenant, 'system', 'system', 'Lockstep', 'source.' || case when t.is_failing then 'failing' else 'recovered' end,
 *     'src_' || replace(s.public_id::text, '-', ''),
 *     case when t.is_failing
 *       then jsonb_build_object('refused', t.refused, 'code', t.last_rejection_code, 'detail', t.last_rejection_detail) else '{}'
 *     end
 *   from states t
 *     join sources s on s.id = t.source
 *   where t.is_failing <> t.was_failing and s.deleted_at is null
 * )
 * insert into rejections as known (tenant, minute, source, key, code, requests, last_detail, last_at)
 * select
 *   r.tenant, to_timestamp(r.minute_ms / 1000), r.source, r.key, r.code, r.requests, r.last_detail, to_timestamp(r.last_at_ms / 1000)
 * from flush
 *   cross join unnest(
 *     :tenants!::text[], :minutesMs!::float8[], :sources!::text[], :keys!::text[], :codes!::text[], :requests!::bigint[],
 *     :lastDetails!::text[], :lastAtsMs!::float8[]
 *   ) as r (tenant, minute_ms, source, key, code, requests, last_detail, last_at_ms)
 * order by r.tenant, r.minute_ms, r.source, r.key, r.code
 * on conflict (tenant, minute, source, key, code) do update
 *   set
 *     requests = known.requests + excluded.requests,
 *     last_detail = case when excluded.last_at >= known.last_at then excluded.last_detail else known.last_detail end,
 *     last_at = greatest(known.last_at, excluded.last_at)
 * ```
 */
export const addRejections = new PreparedQuery<IAddRejectionsParams,IAddRejectionsResult>(addRejectionsIR);


