import { Controller, Get, HttpStatus, Inject, Res, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import type { Indicator } from './indicators.js';

/** What each probe asks; liveness asks nothing. */
export interface HealthChecks {
  readonly ready: readonly Indicator[];
  readonly startup: readonly Indicator[];
}

export const HEALTH_CHECKS = Symbol('HEALTH_CHECKS');

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(HEALTH_CHECKS) private readonly checks: HealthChecks,
  ) {}

  /** 200 while the process answers at all; touches no dependency, or an outage of one would restart every process. */
  @Get('live')
  @HealthCheck({ swaggerDocumentation: true })
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  /** 200 while requests make sense, 503 otherwise. */
  @Get('ready')
  @HealthCheck()
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    return this.answer(this.checks.ready, reply);
  }

  /** 503 until the process has started. */
  @Get('startup')
  @HealthCheck()
  startup(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    return this.answer(this.checks.startup, reply);
  }

  private async answer(indicators: readonly Indicator[], reply: FastifyReply): Promise<HealthCheckResult> {
    try {
      return await this.health.check(indicators.map((indicator) => async () => indicator.check(this.indicators)));
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      // Probes read Terminus' own document, not a problem document.
      reply.status(HttpStatus.SERVICE_UNAVAILABLE);
      return error.getResponse() as HealthCheckResult;
    }
  }
}
