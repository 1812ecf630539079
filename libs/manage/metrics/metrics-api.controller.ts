import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented } from '#ground/http/openapi';
import { type Metrics, metricsSchema, type MetricsQuery, metricsQuerySchema } from './metrics.schema.js';
import { MetricsService } from './metrics.service.js';

@ApiTags('metrics')
@Controller('v1/metrics')
export class MetricsApiController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  @Requires('read')
  @Documented({
    summary: 'Get the tenant\'s numbers over time',
    description: 'Within some twenty seconds. Processes count in memory, and store what they counted every ten seconds.',
    status: 200, answer: 'The numbers', schema: metricsSchema, problems: ['overloaded'],
  })
  read(@Req() { principal }: FastifyRequest, @Query({ schema: metricsQuerySchema }) query: MetricsQuery): Promise<Metrics> {
    return this.metrics.read(principal.tenant, query);
  }
}
