/** Types generated for queries found in "libs/flow/event-types/find-schema.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindSchema' parameters type */
export interface IFindSchemaParams {
  id: number;
}

/** 'FindSchema' return type */
export interface IFindSchemaResult {
  schema: string;
}

/** 'FindSchema' query type */
export interface IFindSchemaQuery {
  params: IFindSchemaParams;
  result: IFindSchemaResult;
}

const findSchemaIR: any = {"usedParamSet":{"id":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":55,"b":58}]}],"statement":"select schema as \"schema!\"\nfrom event_types\nwhere id = :id! and deleted_at is null and enforce = 'reject' and schema is not null"};

/**
 * Query generated from SQL:
 * ```
 * select schema as "schema!"
 * from event_types
 * where id = :id! and deleted_at is null and enforce = 'reject' and schema is not null
 * ```
 */
export const findSchema = new PreparedQuery<IFindSchemaParams,IFindSchemaResult>(findSchemaIR);


