import type { IncomingHttpHeaders } from 'node:http';
import type { EventAttributes } from '#domain/event-attributes';

/** W3C Trace Context, 3.2: version ff, and ids of zeros only, are invalid. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** W3C Trace Context, 3.3. Only these characters, and every system passes 512 of them on. */
const TRACESTATE = /^[\t\x20-\x7e]{1,512}$/;

/** The trace context of a request. A malformed one is ignored. */
export function traceparentOf({ traceparent }: IncomingHttpHeaders): string | undefined {
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}

/** What tracing systems add to the trace context of a request: ignored without a valid one. */
export function tracestateOf(headers: IncomingHttpHeaders): string | undefined {
  const { tracestate } = headers;
  if (tracestate === undefined || traceparentOf(headers) === undefined) return undefined;
  return typeof tracestate === 'string' && TRACESTATE.test(tracestate) ? tracestate : undefined;
}

/** An event's attributes with the `tracestate` of its request, which is delivered as it came. */
export function withTracestate(attributes: EventAttributes | undefined, tracestate: string | undefined): EventAttributes | undefined {
  return tracestate === undefined ? attributes : { ...attributes, tracestate };
}
