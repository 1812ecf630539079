/** Types generated for queries found in "libs/manage/events/get-event.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** 'GetEvent' parameters type */
export interface IGetEventParams {
  id: string;
  tenant: string;
}

/** 'GetEvent' return type */
export interface IGetEventResult {
  acceptedAt: Date;
  acceptedBy: string | null;
  admitted: boolean | null;
  attributes: Json | null;
  contentType: string;
  destination: string | null;
  entity: string;
  id: string;
  idempotencyKey: string | null;
  occurredAt: Date | null;
  payload: Buffer;
  source: string;
  type: string;
}

/** 'GetEvent' query type */
export interface IGetEventQuery {
  params: IGetEventParams;
  result: IGetEventResult;
}

const getEventIR: any = {"usedParamSet":{"id":true,"tenant":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":401,"b":404}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":419,"b":426}]}],"statement":"select\n  id, type, entity, occurred_at as \"occurredAt\", accepted_at as \"acceptedAt\", idempotency_key as \"idempotencyKey\",\n  source, exists (select from inbox where inbox.event_id = events.id) as admitted,\n  content_type as \"contentType\", attributes, accepted_by as \"acceptedBy\", payload,\n  (select p.public_id from endpoints p where p.id = events.destination) as \"destination?\"\nfrom events\nwhere id = :id! and tenant = :tenant!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id, type, entity, occurred_at as "occurredAt", accepted_at as "acceptedAt", idempotency_key as "idempotencyKey",
 *   source, exists (select from inbox where inbox.event_id = events.id) as admitted,
 *   content_type as "contentType", attributes, accepted_by as "acceptedBy", payload,
 *   (select p.public_id from endpoints p where p.id = events.destination) as "destination?"
 * from events
 * where id = :id! and tenant = :tenant!
 * ```
 */
export const getEvent = new PreparedQuery<IGetEventParams,IGetEventResult>(getEventIR);


