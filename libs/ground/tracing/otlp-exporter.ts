import { randomUUID } from 'node:crypto';
import { diag, DiagLogLevel, type HrTime, type SpanContext, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, resourceAttributesEnvDetector, resourceFromAttributes, serviceNameEnvDetector } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { SpanIds } from '#domain/trace-context';
import { VERSION } from '#ground/config/version';
import type { Logger } from '#ground/telemetry/logger';
import type { EndedSpan, SpanKind as Kind } from './span.js';
import type { SpanExporter } from './span-queue.js';

const KINDS: Readonly<Record<Kind, SpanKind>> = {
  internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER,
};
const SCOPE = { name: 'lockstep', version: VERSION };
const NO_TIME: HrTime = [0, 0];
/** Between two lines of the exporter's own. */
const QUIET_MS = 60_000;

/**
 * Sends spans with OTLP over HTTP, as protobuf. The exporter of OpenTelemetry also reads `OTEL_EXPORTER_OTLP_HEADERS`, `…_TIMEOUT`,
 * `…_COMPRESSION` and `…_CERTIFICATE`, and repeats what can be repeated, for 10 s. Import this file only if it is used: its
 * packages take 20 MB and a fifth of a second.
 */
export class OtlpExporter implements SpanExporter {
  private readonly exporter: OTLPTraceExporter;
  private readonly resource: ReadableSpan['resource'];

  /** @param endpoint of the collector, to which `/v1/traces` is added */
  constructor(endpoint: string, service: string, logger: Logger) {
    sayTo(logger);
    this.exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
    this.resource = resourceFromAttributes({ 'service.name': service, 'service.version': VERSION, 'service.instance.id': randomUUID() })
      .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }));
  }

  export(spans: readonly EndedSpan[]): Promise<void> {
    const readable = spans.map((span) => this.readableOf(span));
    return new Promise((resolve, reject) => {
      this.exporter.export(readable, ({ code, error }) => {
        if (code === ExportResultCode.SUCCESS) resolve();
        else reject(error ?? new Error('The collector has not taken the spans'));
      });
    });
  }

  private readableOf({ name, kind, ids, parentId, startMs, endMs, attributes, moments, links, error }: EndedSpan): ReadableSpan {
    const context = contextOf(ids);
    return {
      name, kind: KINDS[kind], attributes, resource: this.resource, instrumentationScope: SCOPE,
      spanContext: () => context,
      ...(parentId === undefined ? {} : { parentSpanContext: contextOf({ traceId: ids.traceId, spanId: parentId }) }),
      startTime: timeOf(startMs), endTime: timeOf(endMs), duration: NO_TIME, ended: true,
      status: error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
      events: moments.map((moment) => ({ name: moment.name, time: timeOf(moment.atMs) })),
      links: links.map((link) => ({ context: contextOf(link) })),
      droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0,
    };
  }
}

function contextOf({ traceId, spanId }: SpanIds): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000) * 1_000];
}

/** What OpenTelemetry says, such as that a collector has taken only a part; by default it is silent. Once a minute at most. */
function sayTo(logger: Logger): void {
  let quietUntilMs = -Infinity;
  const say = (message: string, ...details: unknown[]): void => {
    const nowMs = performance.now();
    if (nowMs < quietUntilMs) return;
    quietUntilMs = nowMs + QUIET_MS;
    logger.warn({ details: details.map(String) }, `OpenTelemetry: ${message}`);
  };
  const nothing = (): void => undefined;
  diag.setLogger({ error: say, warn: say, info: nothing, debug: nothing, verbose: nothing }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
