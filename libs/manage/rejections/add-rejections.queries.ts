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
  refusedAtsMs: numberArray;
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

const addRejectionsIR: any = {"usedParamSet":{"gateway":true,"number":true,"events":true,"eventMinutesMs":true,"eventKeys":true,"eventRequests":true,"eventFirstsMs":true,"eventLastsMs":true,"activitySources":true,"activityMinutesMs":true,"outcomes":true,"outcomeRequests":true,"outcomeDetails":true,"outcomeLastsMs":true,"runSources":true,"acceptedAtsMs":true,"rejectedAtsMs":true,"rejectionCodes":true,"rejectionDetails":true,"runsRefused":true,"refusedAtsMs":true,"tenants":true,"minutesMs":true,"sources":true,"keys":true,"codes":true,"requests":true,"lastDetails":true,"lastAtsMs":true},"params":[{"name":"gateway","required":true,"transform":{"type":"scalar"},"locs":[{"a":210,"b":218},{"a":340,"b":348}]},{"name":"number","required":true,"transform":{"type":"scalar"},"locs":[{"a":357,"b":364}]},{"name":"events","required":true,"transform":{"type":"scalar"},"locs":[{"a":817,"b":824}]},{"name":"eventMinutesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":835,"b":850}]},{"name":"eventKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":863,"b":873}]},{"name":"eventRequests","required":true,"transform":{"type":"scalar"},"locs":[{"a":884,"b":898}]},{"name":"eventFirstsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":911,"b":925}]},{"name":"eventLastsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":944,"b":957}]},{"name":"activitySources","required":true,"transform":{"type":"scalar"},"locs":[{"a":1589,"b":1605}]},{"name":"activityMinutesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1619,"b":1637}]},{"name":"outcomes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1650,"b":1659}]},{"name":"outcomeRequests","required":true,"transform":{"type":"scalar"},"locs":[{"a":1670,"b":1686}]},{"name":"outcomeDetails","required":true,"transform":{"type":"scalar"},"locs":[{"a":1705,"b":1720}]},{"name":"outcomeLastsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1731,"b":1746}]},{"name":"runSources","required":true,"transform":{"type":"scalar"},"locs":[{"a":2766,"b":2777}]},{"name":"acceptedAtsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":2791,"b":2805}]},{"name":"rejectedAtsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":2818,"b":2832}]},{"name":"rejectionCodes","required":true,"transform":{"type":"scalar"},"locs":[{"a":2845,"b":2860}]},{"name":"rejectionDetails","required":true,"transform":{"type":"scalar"},"locs":[{"a":2877,"b":2894}]},{"name":"runsRefused","required":true,"transform":{"type":"scalar"},"locs":[{"a":2905,"b":2917}]},{"name":"refusedAtsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":2930,"b":2943}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":6712,"b":6720}]},{"name":"minutesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":6731,"b":6741}]},{"name":"sources","required":true,"transform":{"type":"scalar"},"locs":[{"a":6754,"b":6762}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":6773,"b":6778}]},{"name":"codes","required":true,"transform":{"type":"scalar"},"locs":[{"a":6789,"b":6795}]},{"name":"requests","required":true,"transform":{"type":"scalar"},"locs":[{"a":6806,"b":6815}]},{"name":"lastDetails","required":true,"transform":{"type":"scalar"},"locs":[{"a":6832,"b":6844}]},{"name":"lastAtsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":6855,"b":6865}]}],"statement":"with forgotten as (\n  -- Of gateways that have stopped.\n  delete from rejection_flushes\n  where gateway in (\n    select gateway from rejection_flushes where flushed_at < now() - interval '1 day' and gateway <> :gateway!::uuid\n    for update skip locked\n  )\n),\nflush as (\n  insert into rejection_flushes as known (gateway, number)\n  values (:gateway!::uuid, :number!::bigint)\n  on conflict (gateway) do update set number = excluded.number, flushed_at = now()\n    where known.number < excluded.number\n  returning number\n),\nduplicates as (\n  insert into event_duplicates as known (event_id, minute, key, requests, first_at, last_at)\n  select\n    d.event, to_timestamp(d.minute_ms / 1000), d.key, d.requests, to_timestamp(d.first_at_ms / 1000), to_timestamp(d.last_at_ms / 1000)\n  from flush\n    cross join unnest(\n      :events!::uuid[], :eventMinutesMs!::float8[], :eventKeys!::text[], :eventRequests!::bigint[], :eventFirstsMs!::float8[],\n      :eventLastsMs!::float8[]\n    ) as d (event, minute_ms, key, requests, first_at_ms, last_at_ms)\n  order by d.event, d.minute_ms, d.key\n  on conflict (event_id, minute, key) do update\n    set\n      requests = known.requests + excluded.requests,\n      first_at = least(known.first_at, excluded.first_at),\n      last_at = greatest(known.last_at, excluded.last_at)\n),\nactivity as (\n  insert into source_activity as known (source, minute, outcome, requests, last_detail, last_at)\n  select\n    a.source, to_timestamp(a.minute_ms / 1000), a.outcome, a.requests, a.last_detail, to_timestamp(a.last_at_ms / 1000)\n  from flush\n    cross join unnest(\n      :activitySources!::integer[], :activityMinutesMs!::float8[], :outcomes!::text[], :outcomeRequests!::bigint[],\n      :outcomeDetails!::text[], :outcomeLastsMs!::float8[]\n    ) as a (source, minute_ms, outcome, requests, last_detail, last_at_ms)\n    join sources s on s.id = a.source\n  order by a.source, a.minute_ms, a.outcome\n  on conflict (source, minute, outcome) do update\n    set\n      requests = known.requests + excluded.requests,\n      last_detail = case when excluded.last_at >= known.last_at then excluded.last_detail else known.last_detail end,\n      last_at = greatest(known.last_at, excluded.last_at)\n),\n-- Moments that are 0, and codes that are empty, are of nothing. The lock comes first, so that of two flushes at once the second knows what the first has made of the source.\nstates_before as materialized (\n  select\n    s.*, r.refused as more_refused, nullif(r.rejection_code, '') as rejection_code, r.rejection_detail,\n    to_timestamp(nullif(r.accepted_at_ms, 0) / 1000) as accepted_at, to_timestamp(nullif(r.rejected_at_ms, 0) / 1000) as rejected_at,\n    to_timestamp(nullif(r.refused_at_ms, 0) / 1000) as refused_at\n  from flush\n    cross join unnest(\n      :runSources!::integer[], :acceptedAtsMs!::float8[], :rejectedAtsMs!::float8[], :rejectionCodes!::text[],\n      :rejectionDetails!::text[], :runsRefused!::bigint[], :refusedAtsMs!::float8[]\n    ) as r (source, accepted_at_ms, rejected_at_ms, rejection_code, rejection_detail, refused, refused_at_ms)\n    join source_states s on s.source = r.source\n  order by s.source\n  for no key update of s\n),\nstates_after as materialized (\n  select\n    n.*, source_is_failing(n.refused, n.last_refused_at, n.last_accepted_at) as fails,\n    n.rejected_at >= n.last_rejected_at or n.last_rejected_at is null as has_newest_rejection\n  from (\n      select\n        source, last_rejected_at, rejected_at, rejection_code, rejection_detail, failing_audited_at, owes_recovery,\n        greatest(last_accepted_at, accepted_at) as last_accepted_at, greatest(last_refused_at, refused_at) as last_refused_at,\n        more_refused + case when accepted_at is null then refused else 0 end as refused\n      from states_before\n    ) n\n),\n-- Anybody can send requests with wrong signatures, so there is at most one row in an hour that a source is failing, and one that it has recovered.\naudits as materialized (\n  select\n    source, fails\n  from states_after\n  where case\n      when fails then not owes_recovery and coalesce(failing_audited_at < now() - interval '1 hour', true)\n      -- While a gateway cannot read its topic, it has not recovered (see store-source-states.sql).\n      else owes_recovery and not exists (select from failing_readers r where r.source = states_after.source)\n    end\n),\nstates as (\n  update source_states s\n  set\n    last_accepted_at = a.last_accepted_at,\n    last_rejected_at = greatest(a.last_rejected_at, a.rejected_at),\n    last_rejection_code = case when a.has_newest_rejection then a.rejection_code else s.last_rejection_code end,\n    last_rejection_detail = case when a.has_newest_rejection then a.rejection_detail else s.last_rejection_detail end,\n    refused = a.refused,\n    last_refused_at = a.last_refused_at,\n    failing_audited_at = case when audits.fails then now() else s.failing_audited_at end,\n    owes_recovery = coalesce(audits.fails, s.owes_recovery)\n  from states_after a\n    left join audits on audits.source = a.source\n  where s.source = a.source\n  returning s.source, s.refused, s.last_rejection_code, s.last_rejection_detail\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\n  select\n    s.tenant, 'system', 'system', 'Lockstep', 'source.' || case when audits.fails then 'failing' else 'recovered' end,\n    'src_' || replace(s.public_id::text, '-', ''),\n    case when audits.fails\n      then jsonb_build_object('refused', t.refused, 'code', t.last_rejection_code, 'detail', t.last_rejection_detail) else '{}'\n    end\n  from audits\n    join states t on t.source = audits.source\n    join sources s on s.id = audits.source\n  where s.deleted_at is null\n),\ntold as (\n  -- Without the detail, which may quote the request.\n  insert into operational_events (tenant, type, entity, data)\n  select\n    s.tenant, 'lockstep.source.failing', i.id,\n    jsonb_build_object('source', i.id, 'name', s.name, 'reason', 'refused', 'refused', t.refused, 'code', t.last_rejection_code)\n  from audits\n    join states t on t.source = audits.source\n    join sources s on s.id = audits.source\n    cross join lateral (select 'src_' || replace(s.public_id::text, '-', '') as id) i\n  where\n    audits.fails and s.deleted_at is null\n    and exists (\n      select\n      from operational_subscriptions o\n      where o.tenant = s.tenant and o.event_types && event_type_patterns('lockstep.source.failing')\n    )\n  order by s.id\n)\ninsert into rejections as known (tenant, minute, source, key, code, requests, last_detail, last_at)\nselect\n  r.tenant, to_timestamp(r.minute_ms / 1000), r.source, r.key, r.code, r.requests, r.last_detail, to_timestamp(r.last_at_ms / 1000)\nfrom flush\n  cross join unnest(\n    :tenants!::text[], :minutesMs!::float8[], :sources!::text[], :keys!::text[], :codes!::text[], :requests!::bigint[],\n    :lastDetails!::text[], :lastAtsMs!::float8[]\n  ) as r (tenant, minute_ms, source, key, code, requests, last_detail, last_at_ms)\norder by r.tenant, r.minute_ms, r.source, r.key, r.code\non conflict (tenant, minute, source, key, code) do update\n  set\n    requests = known.requests + excluded.requests,\n    last_detail = case when excluded.last_at >= known.last_at then excluded.last_detail else known.last_detail end,\n    last_at = greatest(known.last_at, excluded.last_at)"};

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
 *     s.*, r.refused as more_refused, nullif(r.rejection_code, '') as rejection_code, r.rejection_detail,
 *     to_timestamp(nullif(r.accepted_at_ms, 0) / 1000) as accepted_at, to_timestamp(nullif(r.rejected_at_ms, 0) / 1000) as rejected_at,
 *     to_timestamp(nullif(r.refused_at_ms, 0) / 1000) as refused_at
 *   from flush
 *     cross join unnest(
 *       :runSources!::integer[], :acceptedAtsMs!::float8[], :rejectedAtsMs!::float8[], :rejectionCodes!::text[],
 *       :rejectionDetails!::text[], :runsRefused!::bigint[], :refusedAtsMs!::float8[]
 *     ) as r (source, accepted_at_ms, rejected_at_ms, rejection_code, rejection_detail, refused, refused_at_ms)
 *     join source_states s on s.source = r.source
 *   order by s.source
 *   for no key update of s
 * ),
 * states_after as materialized (
 *   select
 *     n.*, source_is_failing(n.refused, n.last_refused_at, n.last_accepted_at) as fails,
 *     n.rejected_at >= n.last_rejected_at or n.last_rejected_at is null as has_newest_rejection
 *   from (
 *       select
 *         source, last_rejected_at, rejected_at, rejection_code, rejection_detail, failing_audited_at, owes_recovery,
 *         greatest(last_accepted_at, accepted_at) as last_accepted_at, greatest(last_refused_at, refused_at) as last_refused_at,
 *         more_refused + case when accepted_at is null then refused else 0 end as refused
 *       from states_before
 *     ) n
 * ),
 * -- Anybody can send requests with wrong signatures, so there is at most one row in an hour that a source is failing, and one that it has recovered.
 * audits as materialized (
 *   select
 *     source, fails
 *   from states_after
 *   where case
 *       when fails then not owes_recovery and coalesce(failing_audited_at < now() - interval '1 hour', true)
 *       -- While a gateway cannot read its topic, it has not recovered (see store-source-states.sql).
 *       else owes_recovery and not exists (select from failing_readers r where r.source = states_after.source)
 *     end
 * ),
 * states as (
 *   update source_states s
 *   set
 *     last_accepted_at = a.last_accepted_at,
 *     last_rejected_at = greatest(a.last_rejected_at, a.rejected_at),
 *     last_rejection_code = case when a.has_newest_rejection then a.rejection_code else s.last_rejection_code end,
 *     last_rejection_detail = case when a.has_newest_rejection then a.rejection_detail else s.last_rejection_detail end,
 *     refused = a.refused,
 *     last_refused_at = a.last_refused_at,
 *     failing_audited_at = case when audits.fails then now() else s.failing_audited_at end,
 *     owes_recovery = coalesce(audits.fails, s.owes_recovery)
 *   from states_after a
 *     left join audits on audits.source = a.source
 *   where s.source = a.source
 *   returning s.source, s.refused, s.last_rejection_code, s.last_rejection_detail
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 *   select
 *     s.tenant, 'system', 'system', 'Lockstep', 'source.' || case when audits.fails then 'failing' else 'recovered' end,
 *     'src_' || replace(s.public_id::text, '-', ''),
 *     case when audits.fails
 *       then jsonb_build_object('refused', t.refused, 'code', t.last_rejection_code, 'detail', t.last_rejection_detail) else '{}'
 *     end
 *   from audits
 *     join states t on t.source = audits.source
 *     join sources s on s.id = audits.source
 *   where s.deleted_at is null
 * ),
 * told as (
 *   -- Without the detail, which may quote the request.
 *   insert into operational_events (tenant, type, entity, data)
 *   select
 *     s.tenant, 'lockstep.source.failing', i.id,
 *     jsonb_build_object('source', i.id, 'name', s.name, 'reason', 'refused', 'refused', t.refused, 'code', t.last_rejection_code)
 *   from audits
 *     join states t on t.source = audits.source
 *     join sources s on s.id = audits.source
 *     cross join lateral (select 'src_' || replace(s.public_id::text, '-', '') as id) i
 *   where
 *     audits.fails and s.deleted_at is null
 *     and exists (
 *       select
 *       from operational_subscriptions o
 *       where o.tenant = s.tenant and o.event_types && event_type_patterns('lockstep.source.failing')
 *     )
 *   order by s.id
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


