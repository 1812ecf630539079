import { isSuccess, type AttemptResult, type Disposition } from '#domain/disposition';
import { deliveryId, mintedAtMs, toPublicId } from '#domain/ids';
import { traceIdOf, traceparentOfSpan } from '#domain/trace-context';
import type { EndpointTarget } from '#flow/delivery/endpoint-directory';
import type { AttemptTimes } from '#flow/delivery/timed-exchange';
import type { OutcomeVerdict } from '#flow/outcome/outcome';
import type { Logger } from '#ground/telemetry/logger';
import type { OpenSpan, SpanAttributes, SpanMoment } from '#ground/tracing/span';
import type { Tracing } from '#ground/tracing/tracing';
import type { DeliveryItem } from './delivery-item.js';
import type { LaneRecord } from './shard-lanes.js';

/** Where attempts are reported. */
export interface AttemptReporting {
  readonly tracing: Tracing;
  readonly logger: Logger;
  /** Whether each attempt has a line in the log. */
  readonly logsAll: boolean;
}

/** Begins the report of an attempt; undefined if nothing wants one. */
export function beginReport(reporting: AttemptReporting, record: LaneRecord, item: DeliveryItem, target: EndpointTarget): AttemptReport | undefined {
  const span = reporting.tracing.beginAttempt(item.key.eventId, item.traceparent);
  return span === undefined && !reporting.logsAll ? undefined : new AttemptReport(reporting, record, item, target, span);
}

/** Reports one attempt when it has ended: as a span, if its event is recorded, and as one line of the log at `debug`. */
export class AttemptReport {
  /** Filled in while the attempt is under way. */
  readonly times: AttemptTimes = { connectedAtMs: undefined, sentAtMs: undefined, answeredAtMs: undefined, endedAtMs: undefined, isRepeated: false };
  private readonly startedAtMs = performance.now();
  private readonly attempt: number;
  private readonly redelivered: boolean;

  constructor(
    private readonly reporting: AttemptReporting,
    private readonly record: LaneRecord,
    private readonly item: DeliveryItem,
    private readonly target: EndpointTarget,
    readonly span: OpenSpan | undefined,
  ) {
    // Before its outcome, which changes the record.
    this.attempt = record.lane.attempts + 1;
    this.redelivered = record.redelivered;
  }

  /** The trace context for the receiver. A trace that is not recorded goes on as it came. */
  get traceparent(): string | null {
    return this.span === undefined ? this.item.traceparent : traceparentOfSpan(this.span.ids);
  }

  /** It does not count, and the delivery is attempted again. */
  aborted(): void {
    this.end({ error: 'aborted' }, { outcome: 'aborted' });
  }

  /** Its outcome is committed, or cannot be. */
  concluded(result: AttemptResult, disposition: Disposition, verdict: OutcomeVerdict): void {
    const { statusCode, error, responseBody } = result;
    const follows = {
      outcome: disposition.kind,
      ...(disposition.kind === 'retry' ? { retryInMs: disposition.delayMs } : {}),
      ...(disposition.kind === 'dead' ? { reason: disposition.reason } : {}),
      ...(verdict === 'applied' ? {} : { verdict }),
    };
    const failure = isSuccess(result) ? undefined : (error ?? `HTTP ${statusCode}`);
    this.end({ statusCode, error: failure }, { ...follows, ...(statusCode === undefined ? {} : { status: statusCode }), ...(error === undefined ? {} : { error }), durationMs: Math.round(result.durationMs), responseBytes: responseBody.length });
  }

  private end(response: { readonly statusCode?: number | undefined; readonly error: string | undefined }, line: Readonly<Record<string, unknown>> & { readonly outcome: string }): void {
    const { tracing, logger, logsAll } = this.reporting;
    if (this.span !== undefined) tracing.end(this.span, { name: 'POST', kind: 'client', attributes: this.attributes(response.statusCode, line), moments: this.moments(), error: response.error }, this.endedAtMs);
    if (logsAll) logger.debug(this.line(line), 'Attempt');
  }

  private get endedAtMs(): number {
    return this.times.endedAtMs ?? performance.now();
  }

  /** By OpenTelemetry's conventions for HTTP clients, without path and query, which may be secret. */
  private attributes(statusCode: number | undefined, { outcome, retryInMs, reason, verdict }: Readonly<Record<string, unknown>>): SpanAttributes {
    const { item: { key, sequence }, record, target: { publicId, url } } = this;
    return {
      'http.request.method': 'POST', 'server.address': url.hostname, 'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      ...(statusCode === undefined ? {} : { 'http.response.status_code': statusCode }),
      ...(this.times.isRepeated ? { 'http.request.resend_count': 1 } : {}),
      'lockstep.event.id': toPublicId('evt', key.eventId), 'lockstep.delivery.id': deliveryId(key), 'lockstep.endpoint.id': publicId,
      'lockstep.attempt': this.attempt, 'lockstep.shard': record.shard.shard, 'lockstep.outcome': String(outcome),
      ...(record.name.kind === 'lane' ? { 'lockstep.sequence': sequence } : {}),
      ...(typeof retryInMs === 'number' ? { 'lockstep.retry_in_ms': retryInMs } : {}),
      ...(typeof reason === 'string' ? { 'lockstep.dead_reason': reason } : {}),
      ...(typeof verdict === 'string' ? { 'lockstep.verdict': verdict } : {}),
    };
  }

  private moments(): SpanMoment[] {
    const { connectedAtMs, sentAtMs, answeredAtMs } = this.times;
    const moments = [['connection assigned', connectedAtMs], ['request sent', sentAtMs], ['response started', answeredAtMs]] as const;
    return moments.flatMap(([name, atMs]) => (atMs === undefined ? [] : [{ name, atMs }]));
  }

  private line(outcome: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const { item, record, target } = this;
    const { connectedAtMs, sentAtMs, answeredAtMs, isRepeated } = this.times;
    return {
      trace_id: traceIdOf(item.key.eventId, item.traceparent), ...(this.span === undefined ? {} : { span_id: this.span.ids.spanId }),
      event: toPublicId('evt', item.key.eventId), delivery: deliveryId(item.key), tenant: item.tenant, type: item.type, entity: item.entity,
      endpoint: target.publicId, host: target.url.host, shard: record.shard.shard, ...(record.name.kind === 'lane' ? { sequence: item.sequence } : {}),
      attempt: this.attempt, redelivered: this.redelivered, replayed: item.replayed, payloadBytes: item.payload.length,
      ageMs: Date.now() - mintedAtMs(item.key.eventId),
      connectedMs: this.sinceStart(connectedAtMs), sentMs: this.sinceStart(sentAtMs), answeredMs: this.sinceStart(answeredAtMs), committedMs: this.sinceStart(performance.now()),
      ...(isRepeated ? { isRepeated } : {}),
      ...outcome,
    };
  }

  private sinceStart(atMs: number | undefined): number | undefined {
    return atMs === undefined ? undefined : Math.round((atMs - this.startedAtMs) * 10) / 10;
  }
}
