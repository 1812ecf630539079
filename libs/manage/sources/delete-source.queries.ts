/** Types generated for queries found in "libs/manage/sources/delete-source.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'DeleteSource' parameters type */
export interface IDeleteSourceParams {
  by: string;
  id: number;
  subject: string;
  version: string;
}

/** 'DeleteSource' return type */
export interface IDeleteSourceResult {
  deleted: boolean | null;
}

/** 'DeleteSource' query type */
export interface IDeleteSourceQuery {
  params: IDeleteSourceParams;
  result: IDeleteSourceResult;
}

const deleteSourceIR: any = {"usedParamSet":{"id":true,"version":true,"subject":true,"by":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":93,"b":96}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":115,"b":123}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":478,"b":486}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":566,"b":569}]}],"statement":"with deleted as (\n  update sources\n  set deleted_at = now(), updated_at = now()\n  where id = :id! and changed_by = :version!::text::xid8 and deleted_at is null\n  returning id, tenant, name\n),\nended as (\n  delete from source_secrets where source in (select id from deleted)\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    deleted.tenant, by.type, by.id, by.name, by.\"requestId\", 'source.deleted', :subject!,\n    jsonb_build_object('name', deleted.name)\n  from deleted, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n)\nselect true as \"deleted\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with deleted as (
 *   update sources
 *   set deleted_at = now(), updated_at = now()
 *   where id = :id! and changed_by = :version!::text::xid8 and deleted_at is null
 *   returning id, tenant, name
 * ),
 * ended as (
 *   delete from source_secrets where source in (select id from deleted)
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     deleted.tenant, by.type, by.id, by.name, by."requestId", 'source.deleted', :subject!,
 *     jsonb_build_object('name', deleted.name)
 *   from deleted, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * )
 * select true as "deleted" from deleted
 * ```
 */
export const deleteSource = new PreparedQuery<IDeleteSourceParams,IDeleteSourceResult>(deleteSourceIR);


