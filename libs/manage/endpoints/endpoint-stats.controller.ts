import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { idSchema } from '#ground/http/public-id';
import { type EndpointStats, type EndpointStatsQuery, endpointStatsQuerySchema, endpointStatsSchema } from './endpoint-stats.schema.js';
import { EndpointStatsService } from './endpoint-stats.service.js';

@ApiTags('endpoints')
@Controller('v1/endpoints')
export class EndpointStatsController {
  constructor(private readonly stats: EndpointStatsService) {}

  @Get(':id/stats')
  @Requires('read')
  @DocumentedParameter('id', idSchema('ep'))
  @Documented({
    summary: 'Count the attempts and deliveries of an endpoint', description: 'By time, within some ten seconds. Minutes are kept for two days, hours as long as events.',
    status: 200, answer: 'The counts', schema: endpointStatsSchema, problems: ['not_found', 'overloaded'],
  })
  of(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Query({ schema: endpointStatsQuerySchema }) query: EndpointStatsQuery): Promise<EndpointStats> {
    return this.stats.of(principal.tenant, id, query);
  }
}
