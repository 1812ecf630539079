/** Types generated for queries found in "libs/manage/event-types/list-event-types.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type event_type_enforcement = 'off' | 'reject';

export type NumberOrString = number | string;

/** 'ListEventTypes' parameters type */
export interface IListEventTypesParams {
  before: number;
  bytes: number;
  limit: NumberOrString;
  tenant: string;
}

/** 'ListEventTypes' return type */
export interface IListEventTypesResult {
  createdAt: Date;
  deprecated: boolean;
  description: string;
  enforce: event_type_enforcement;
  followed: boolean;
  id: number;
  name: string;
  schema: string | null;
  updatedAt: Date;
  version: number;
}

/** 'ListEventTypes' query type */
export interface IListEventTypesQuery {
  params: IListEventTypesParams;
  result: IListEventTypesResult;
}

const listEventTypesIR: any = {"usedParamSet":{"tenant":true,"before":true,"limit":true,"bytes":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":452,"b":459}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":493,"b":500}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":541,"b":547}]},{"name":"bytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":641,"b":647}]}],"statement":"select\n  id, name, description, schema, enforce, deprecated, version, created_at as \"createdAt\", updated_at as \"updatedAt\",\n  followed as \"followed!\"\nfrom (\n    select\n      t.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,\n      sum(octet_length(t.description) + coalesce(octet_length(t.schema), 0)) over newest_first as bytes\n    from (\n        select *\n        from event_types\n        where tenant = :tenant! and deleted_at is null and id < :before!\n        order by id desc\n        limit :limit!\n      ) t\n    window newest_first as (order by t.id desc)\n  ) b\nwhere place = 1 or bytes <= :bytes!::integer\norder by id desc"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id, name, description, schema, enforce, deprecated, version, created_at as "createdAt", updated_at as "updatedAt",
 *   followed as "followed!"
 * from (
 *     select
 *       t.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,
 *       sum(octet_length(t.description) + coalesce(octet_length(t.schema), 0)) over newest_first as bytes
 *     from (
 *         select *
 *         from event_types
 *         where tenant = :tenant! and deleted_at is null and id < :before!
 *         order by id desc
 *         limit :limit!
 *       ) t
 *     window newest_first as (order by t.id desc)
 *   ) b
 * where place = 1 or bytes <= :bytes!::integer
 * order by id desc
 * ```
 */
export const listEventTypes = new PreparedQuery<IListEventTypesParams,IListEventTypesResult>(listEventTypesIR);


