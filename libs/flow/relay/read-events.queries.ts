/** Types generated for queries found in "libs/flow/relay/read-events.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

export type stringArray = (string)[];

/** 'ReadEvents' parameters type */
export interface IReadEventsParams {
  bytes: NumberOrString;
  ids: stringArray;
}

/** 'ReadEvents' return type */
export interface IReadEventsResult {
  attributes: Json | null;
  contentType: string;
  entity: string;
  id: string;
  payload: Buffer;
  source: string;
  tenant: string;
  time: Date;
  traceparent: string | null;
  type: string;
}

/** 'ReadEvents' query type */
export interface IReadEventsQuery {
  params: IReadEventsParams;
  result: IReadEventsResult;
}

const readEventsIR: any = {"usedParamSet":{"ids":true,"bytes":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":108,"b":112}]},{"name":"bytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":722,"b":728}]}],"statement":"with found as (\n  select e.*, sum(e.bytes) over (order by wanted.ordinal) - e.bytes as before\n  from unnest(:ids!::uuid[]) with ordinality as wanted (id, ordinal)\n    -- OFFSET 0 makes every plan look up each id by key. The planner must not choose a scan of all events.\n    cross join lateral (\n      select\n        id, tenant, type, entity, occurred_at, accepted_at, source, content_type, traceparent, attributes, payload,\n        octet_length(payload) as bytes\n      from events\n      where events.id = wanted.id\n      offset 0\n    ) e\n)\nselect\n  id, tenant, type, entity, coalesce(occurred_at, accepted_at) as \"time!\", source,\n  content_type as \"contentType\", traceparent, attributes, payload\nfrom found\nwhere before < :bytes!"};

/**
 * Query generated from SQL:
 * ```
 * with found as (
 *   select e.*, sum(e.bytes) over (order by wanted.ordinal) - e.bytes as before
 *   from unnest(:ids!::uuid[]) with ordinality as wanted (id, ordinal)
 *     -- OFFSET 0 makes every plan look up each id by key. The planner must not choose a scan of all events.
 *     cross join lateral (
 *       select
 *         id, tenant, type, entity, occurred_at, accepted_at, source, content_type, traceparent, attributes, payload,
 *         octet_length(payload) as bytes
 *       from events
 *       where events.id = wanted.id
 *       offset 0
 *     ) e
 * )
 * select
 *   id, tenant, type, entity, coalesce(occurred_at, accepted_at) as "time!", source,
 *   content_type as "contentType", traceparent, attributes, payload
 * from found
 * where before < :bytes!
 * ```
 */
export const readEvents = new PreparedQuery<IReadEventsParams,IReadEventsResult>(readEventsIR);


