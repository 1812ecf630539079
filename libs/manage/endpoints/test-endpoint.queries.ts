/** Types generated for queries found in "libs/manage/endpoints/test-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type BufferArray = (Buffer)[];

/** 'TestEndpoint' parameters type */
export interface ITestEndpointParams {
  by: string;
  publicId: string;
  subject: string;
  tenant: string;
  type: string;
}

/** 'TestEndpoint' return type */
export interface ITestEndpointResult {
  authCiphertext: Buffer | null;
  headersCiphertext: Buffer | null;
  id: number;
  publicId: string;
  secretCiphertexts: BufferArray;
  timeoutMs: number;
  url: string;
}

/** 'TestEndpoint' query type */
export interface ITestEndpointQuery {
  params: ITestEndpointParams;
  result: ITestEndpointResult;
}

const testEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"subject":true,"type":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":138,"b":147}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":162,"b":169}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":394,"b":402}]},{"name":"type","required":true,"transform":{"type":"scalar"},"locs":[{"a":432,"b":437}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":476,"b":479}]}],"statement":"with found as (\n  select id, tenant, public_id, url, timeout_ms, headers_ciphertext, auth_ciphertext\n  from endpoints\n  where public_id = :publicId! and tenant = :tenant! and deleted_at is null\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select found.tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.tested', :subject!, jsonb_build_object('type', :type!::text)\n  from found, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n)\nselect\n  id, public_id as \"publicId\", url, timeout_ms as \"timeoutMs\", headers_ciphertext as \"headersCiphertext\", auth_ciphertext as \"authCiphertext\",\n  array(\n    select s.ciphertext\n    from endpoint_secrets s\n    where s.endpoint = found.id and (s.expires_at is null or s.expires_at > now())\n    order by s.id desc\n  ) as \"secretCiphertexts!\"\nfrom found"};

/**
 * Query generated from SQL:
 * ```
 * with found as (
 *   select id, tenant, public_id, url, timeout_ms, headers_ciphertext, auth_ciphertext
 *   from endpoints
 *   where public_id = :publicId! and tenant = :tenant! and deleted_at is null
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select found.tenant, by.type, by.id, by.name, by."requestId", 'endpoint.tested', :subject!, jsonb_build_object('type', :type!::text)
 *   from found, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * )
 * select
 *   id, public_id as "publicId", url, timeout_ms as "timeoutMs", headers_ciphertext as "headersCiphertext", auth_ciphertext as "authCiphertext",
 *   array(
 *     select s.ciphertext
 *     from endpoint_secrets s
 *     where s.endpoint = found.id and (s.expires_at is null or s.expires_at > now())
 *     order by s.id desc
 *   ) as "secretCiphertexts!"
 * from found
 * ```
 */
export const testEndpoint = new PreparedQuery<ITestEndpointParams,ITestEndpointResult>(testEndpointIR);


