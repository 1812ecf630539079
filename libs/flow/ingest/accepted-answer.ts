import { toPublicId } from '#domain/ids';
import type { EventState } from './followup.repository.js';

/** An accepted event, as its answer has it. */
export interface AcceptedEvent {
  /** Its UUID. */
  readonly id: string;
  readonly type: string;
  readonly entity: string;
  /** RFC 3339. */
  readonly acceptedAt: string;
  /** Whether this request has its dead deliveries delivered again. */
  readonly requeued: boolean;
}

/** The answer to an accepted event. Written by hand, for speed: only `entity` needs escaping. */
export function acceptedJson({ id, type, entity, acceptedAt, requeued }: AcceptedEvent): string {
  return `{"id":"${toPublicId('evt', id)}","type":"${type}","entity":${JSON.stringify(entity)},"status":"accepted","acceptedAt":"${acceptedAt}"${requeued ? ',"requeued":true' : ''}}`;
}

/** The answer to a request that has waited. */
export function settledJson({ id, type, entity, acceptedAt, requeued }: AcceptedEvent, { admitted, deliveries }: EventState): string {
  return JSON.stringify({
    id: toPublicId('evt', id), type, entity, status: admitted ? 'admitted' : 'accepted', acceptedAt, ...(requeued ? { requeued } : {}), deliveries,
  });
}
