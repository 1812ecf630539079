/** Types generated for queries found in "libs/manage/event-types/find-event-type.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type event_type_enforcement = 'off' | 'reject';

/** 'FindEventType' parameters type */
export interface IFindEventTypeParams {
  name: string;
  tenant: string;
}

/** 'FindEventType' return type */
export interface IFindEventTypeResult {
  createdAt: Date;
  deprecated: boolean;
  description: string;
  enforce: event_type_enforcement;
  id: number;
  name: string;
  schema: string | null;
  updatedAt: Date;
  version: number;
}

/** 'FindEventType' query type */
export interface IFindEventTypeQuery {
  params: IFindEventTypeParams;
  result: IFindEventTypeResult;
}

const findEventTypeIR: any = {"usedParamSet":{"tenant":true,"name":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":155,"b":162}]},{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":175,"b":180}]}],"statement":"select\n  id, name, description, schema, enforce, deprecated, version, created_at as \"createdAt\", updated_at as \"updatedAt\"\nfrom event_types\nwhere tenant = :tenant! and name = :name! and deleted_at is null"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id, name, description, schema, enforce, deprecated, version, created_at as "createdAt", updated_at as "updatedAt"
 * from event_types
 * where tenant = :tenant! and name = :name! and deleted_at is null
 * ```
 */
export const findEventType = new PreparedQuery<IFindEventTypeParams,IFindEventTypeResult>(findEventTypeIR);


