import { Controller, Get, HttpStatus, Inject, Res, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, type HealthIndicatorFunction, HealthIndicatorService } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Public } from '#ground/http/access';
import type { Indicator, Severity } from './indicators.js';

/** The checks of each probe. */
export interface HealthChecks {
  readonly startup: Indicator;
  readonly needs: readonly Indicator[];
  readonly degradedBy: readonly Indicator[];
}

export const HEALTH_CHECKS = Symbol('HEALTH_CHECKS');

const ALIVE: HealthCheckResult = { status: 'ok', info: {}, error: {}, details: {} };

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(HEALTH_CHECKS) private readonly checks: HealthChecks,
  ) {}

  /**
   * 200 while the process answers at all. Uses no dependency, because an outage of one would restart every process.
   * Nor Terminus, which answers 503 to every check while the process drains.
   */
  @Get('live')
  @Public()
  @HealthCheck({ swaggerDocumentation: true })
  live(): HealthCheckResult {
    return ALIVE;
  }

  /** 200 while the process should get requests, else 503. */
  @Get('ready')
  @Public()
  @HealthCheck()
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    const { startup, needs, degradedBy } = this.checks;
    return this.answer([...this.checksOf([startup, ...needs], 'down'), ...this.checksOf(degradedBy, 'degraded')], reply);
  }

  /** 503 until the process has started. */
  @Get('startup')
  @Public()
  @HealthCheck()
  startup(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    return this.answer(this.checksOf([this.checks.startup], 'down'), reply);
  }

  private checksOf(indicators: readonly Indicator[], severity: Severity): HealthIndicatorFunction[] {
    return indicators.map((indicator) => async () => indicator.check(this.indicators, severity));
  }

  private async answer(checks: HealthIndicatorFunction[], reply: FastifyReply): Promise<HealthCheckResult> {
    try {
      return await this.health.check(checks);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      // Probes expect Terminus' document, not a problem document.
      reply.status(HttpStatus.SERVICE_UNAVAILABLE);
      return error.getResponse() as HealthCheckResult;
    }
  }
}
