import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { CONFIG, LOGGER } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { SpanQueue } from './span-queue.js';
import { Tracing } from './tracing.js';

/** Traces of events, if `OTEL_EXPORTER_OTLP_ENDPOINT` is set. */
@Module({})
export class TracingModule {
  /**
   * Global. Import it before the modules that record spans, so that Nest shuts it down after them.
   * @param app its service is `lockstep-<app>`
   */
  static forRoot({ app }: { readonly app: string }): DynamicModule {
    return {
      module: TracingModule,
      global: true,
      providers: [{
        provide: Tracing,
        inject: [CONFIG, LOGGER],
        useFactory: (config: Pick<Config, 'tracing'>, logger: Logger) => openTracing(config.tracing, `lockstep-${app}`, logger),
      }],
      exports: [Tracing],
    };
  }
}

async function openTracing({ endpoint, ratio }: Config['tracing'], service: string, logger: Logger): Promise<Tracing> {
  if (endpoint === undefined) return new Tracing(undefined, 0);
  // Only now: its packages take memory and time.
  const { OtlpExporter } = await import('./otlp-exporter.js');
  return new Tracing(new SpanQueue(new OtlpExporter(endpoint, service, logger), logger), ratio);
}
