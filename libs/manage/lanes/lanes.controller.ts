import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import { entity as entitySchema } from '#manage/events/event.schema';
import { type LaneAction, laneActionSchema, laneCursor, type LaneQuery, laneQuerySchema, type LaneResource, laneSchema, type LaneSkip, laneSkipSchema } from './lane.schema.js';
import { LanesService } from './lanes.service.js';

@ApiTags('lanes')
@Controller('v1/lanes')
export class LanesController {
  constructor(private readonly lanes: LanesService) {}

  @Get()
  @Requires('read')
  @Documented({ summary: 'List lanes that have pending deliveries, are paused or are halted', status: 200, answer: 'A page', schema: pageSchema(laneSchema, laneCursor), problems: ['overloaded'] })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: laneQuerySchema }) query: LaneQuery): Promise<Page<LaneResource>> {
    return this.lanes.list(principal.tenant, query);
  }

  @Get(':endpoint/:entity')
  @Requires('read')
  @DocumentedParameter('endpoint', idSchema('ep'))
  @DocumentedParameter('entity', entitySchema)
  @Documented({ summary: 'Get a lane', status: 200, answer: 'The lane', schema: laneSchema, problems: ['not_found'] })
  get(@Req() { principal }: FastifyRequest, @Param('endpoint') endpoint: string, @Param('entity') entity: string): Promise<LaneResource> {
    return this.lanes.get(principal.tenant, endpoint, entity);
  }

  @Post(':endpoint/:entity/pause')
  @HttpCode(200)
  @Requires('manage')
  @DocumentedParameter('endpoint', idSchema('ep'))
  @DocumentedParameter('entity', entitySchema)
  @Documented({ summary: 'Pause a lane after its attempt in flight', status: 200, answer: 'The lane', schema: laneSchema, problems: ['not_found'] })
  pause(@Req() { principal }: FastifyRequest, @Param('endpoint') endpoint: string, @Param('entity') entity: string, @Body({ schema: laneActionSchema }) action: LaneAction): Promise<LaneResource> {
    return this.lanes.mark(principal, endpoint, entity, 'pause', action);
  }

  @Post(':endpoint/:entity/resume')
  @HttpCode(200)
  @Requires('manage')
  @DocumentedParameter('endpoint', idSchema('ep'))
  @DocumentedParameter('entity', entitySchema)
  @Documented({ summary: 'Resume a paused or halted lane', status: 200, answer: 'The lane', schema: laneSchema, problems: ['not_found'] })
  resume(@Req() { principal }: FastifyRequest, @Param('endpoint') endpoint: string, @Param('entity') entity: string, @Body({ schema: laneActionSchema }) action: LaneAction): Promise<LaneResource> {
    return this.lanes.mark(principal, endpoint, entity, 'resume', action);
  }

  @Post(':endpoint/:entity/skip')
  @HttpCode(200)
  @Requires('manage')
  @DocumentedParameter('endpoint', idSchema('ep'))
  @DocumentedParameter('entity', entitySchema)
  @Documented({ summary: 'Discard the delivery whose turn it is', status: 200, answer: 'The lane, before its owner has applied the skip', schema: laneSchema, problems: ['not_found', 'conflict'] })
  skip(@Req() { principal }: FastifyRequest, @Param('endpoint') endpoint: string, @Param('entity') entity: string, @Body({ schema: laneSkipSchema }) skip: LaneSkip): Promise<LaneResource> {
    return this.lanes.mark(principal, endpoint, entity, 'skip', skip);
  }
}
