import type { EventTypeDirectory } from '#flow/event-types/event-type-directory';
import type { ReadItem } from './batch-acceptor.js';
import { POSTED } from './event-origin.js';
import type { EventRequest } from './event-request.js';
import type { NewEvent } from './ingest.service.js';
import { withTracestate } from './traceparent.js';

/** What all items of a batch have from its request. */
export interface BatchSettings extends Pick<NewEvent, 'contentType' | 'traceparent'> {
  readonly tracestate: string | undefined;
}

/** Reads items of a batch, and checks each against its event type. */
export function itemReader(eventTypes: EventTypeDirectory, parse: (payload: Buffer) => EventRequest, { tracestate, ...settings }: BatchSettings): ReadItem {
  return (payload, principal) => {
    // Without the parsed value, since an item may wait for long.
    const { value, ...request } = parse(payload);
    const event = { ...request, ...settings, attributes: withTracestate(request.attributes, tracestate), tenant: principal.tenant, origin: POSTED, acceptedBy: principal.actor.id, payload };
    const checking = eventTypes.check(principal, event.type, value, payload.length);
    return checking === undefined ? event : checking.then(() => event);
  };
}
