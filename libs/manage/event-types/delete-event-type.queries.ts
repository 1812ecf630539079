/** Types generated for queries found in "libs/manage/event-types/delete-event-type.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'DeleteEventType' parameters type */
export interface IDeleteEventTypeParams {
  by: string;
  name: string;
  tenant: string;
}

/** 'DeleteEventType' return type */
export interface IDeleteEventTypeResult {
  deleted: boolean | null;
}

/** 'DeleteEventType' query type */
export interface IDeleteEventTypeQuery {
  params: IDeleteEventTypeParams;
  result: IDeleteEventTypeResult;
}

const deleteEventTypeIR: any = {"usedParamSet":{"tenant":true,"name":true,"by":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":116,"b":123}]},{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":136,"b":141}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":433,"b":436}]}],"statement":"with deleted as (\n  update event_types\n  set deleted_at = now(), updated_at = now(), schema = null\n  where tenant = :tenant! and name = :name! and deleted_at is null\n  returning tenant, name\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)\n  select deleted.tenant, by.type, by.id, by.name, by.\"requestId\", 'event_type.deleted', deleted.name\n  from deleted, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n)\nselect true as \"deleted\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with deleted as (
 *   update event_types
 *   set deleted_at = now(), updated_at = now(), schema = null
 *   where tenant = :tenant! and name = :name! and deleted_at is null
 *   returning tenant, name
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)
 *   select deleted.tenant, by.type, by.id, by.name, by."requestId", 'event_type.deleted', deleted.name
 *   from deleted, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * )
 * select true as "deleted" from deleted
 * ```
 */
export const deleteEventType = new PreparedQuery<IDeleteEventTypeParams,IDeleteEventTypeResult>(deleteEventTypeIR);


