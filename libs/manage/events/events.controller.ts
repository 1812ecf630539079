import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import {
  type DeliverySummary, deliverySummarySchema, type Event, eventCursor, eventDeliveryCursor, type EventDeliveryQuery, eventDeliveryQuerySchema, eventDetailSchema,
  type EventQuery, eventQuerySchema, eventSchema,
} from './event.schema.js';
import { EventsService } from './events.service.js';

@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @Requires('read')
  @Documented({ summary: 'List events, newest first', status: 200, answer: 'A page', schema: pageSchema(eventSchema, eventCursor), problems: ['overloaded'] })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: eventQuerySchema }) query: EventQuery): Promise<Page<Event>> {
    return this.events.list(principal.tenant, query);
  }

  @Get(':id')
  @Requires('read')
  @DocumentedParameter('id', idSchema('evt'))
  @Documented({ summary: 'Get an event with its payload and deliveries', status: 200, answer: 'The event', schema: eventDetailSchema, problems: ['not_found'] })
  async get(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    void reply.header('content-type', 'application/json; charset=utf-8').send(await this.events.getAsJson(principal.tenant, id));
  }

  @Get(':id/deliveries')
  @Requires('read')
  @DocumentedParameter('id', idSchema('evt'))
  @Documented({
    summary: 'List the deliveries of an event, in the order of routing, then replays', status: 200, answer: 'A page',
    schema: pageSchema(deliverySummarySchema, eventDeliveryCursor), problems: ['not_found'],
  })
  listDeliveries(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Query({ schema: eventDeliveryQuerySchema }) query: EventDeliveryQuery): Promise<Page<DeliverySummary>> {
    return this.events.listDeliveries(principal.tenant, id, query);
  }
}
