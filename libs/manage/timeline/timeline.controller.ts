import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import { timelineCursor, type TimelineEntry, timelineEntrySchema, type TimelineQuery, timelineQuerySchema } from './timeline.schema.js';
import { TimelineService } from './timeline.service.js';

@ApiTags('events')
@Controller('v1/events')
export class TimelineController {
  constructor(private readonly timeline: TimelineService) {}

  @Get(':id/timeline')
  @Requires('read')
  @DocumentedParameter('id', idSchema('evt'))
  @Documented({
    summary: 'Tell what happened to an event, in order',
    description: 'Every decision on it, the attempts, what operators did to its lanes and endpoints meanwhile, and at the end what its pending deliveries wait for now.',
    status: 200, answer: 'A page', schema: pageSchema(timelineEntrySchema, timelineCursor), problems: ['not_found', 'overloaded'],
  })
  list(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Query({ schema: timelineQuerySchema }) query: TimelineQuery): Promise<Page<TimelineEntry>> {
    return this.timeline.list(principal.tenant, id, query);
  }
}
