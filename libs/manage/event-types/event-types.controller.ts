import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedAnswer, DocumentedParameter } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import {
  type EventType, eventTypeCursor, eventTypeNameSchema, type EventTypeQuery, eventTypeQuerySchema, eventTypeSchema, type NewEventType, newEventTypeSchema,
} from './event-type.schema.js';
import { EventTypesService } from './event-types.service.js';

@ApiTags('event types')
@Controller('v1/event-types')
export class EventTypesController {
  constructor(private readonly eventTypes: EventTypesService) {}

  @Put(':name')
  @Requires('manage')
  @DocumentedParameter('name', eventTypeNameSchema)
  @Documented({
    summary: 'Create an event type, or replace its settings', status: 200, answer: 'Replaced', schema: eventTypeSchema,
    description: 'Holds for every event that is posted from one second after the answer on. Settings that are left out get their defaults.', problems: ['conflict'],
  })
  @DocumentedAnswer({ status: 201, answer: 'Created', schema: eventTypeSchema, headers: { Location: 'The path of the event type' } })
  async put(
    @Req() { principal }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('name') name: string,
    @Body({ schema: newEventTypeSchema }) settings: NewEventType,
  ): Promise<EventType> {
    const { eventType, isNew } = await this.eventTypes.put(principal, name, settings);
    if (isNew) reply.code(201).header('location', `/v1/event-types/${name}`);
    return eventType;
  }

  @Get()
  @Requires('read')
  @Documented({ summary: 'List event types, newest first', status: 200, answer: 'A page', schema: pageSchema(eventTypeSchema, eventTypeCursor), problems: ['overloaded'] })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: eventTypeQuerySchema }) query: EventTypeQuery): Promise<Page<EventType>> {
    return this.eventTypes.list(principal.tenant, query);
  }

  @Get(':name')
  @Requires('read')
  @DocumentedParameter('name', eventTypeNameSchema)
  @Documented({ summary: 'Get an event type', status: 200, answer: 'The event type', schema: eventTypeSchema, problems: ['not_found'] })
  get(@Req() { principal }: FastifyRequest, @Param('name') name: string): Promise<EventType> {
    return this.eventTypes.get(principal.tenant, name);
  }

  @Delete(':name')
  @HttpCode(204)
  @Requires('manage')
  @DocumentedParameter('name', eventTypeNameSchema)
  @Documented({ summary: 'Delete an event type', description: 'Its events are then of an unknown type.', status: 204, answer: 'Deleted', problems: ['not_found'] })
  delete(@Req() { principal }: FastifyRequest, @Param('name') name: string): Promise<void> {
    return this.eventTypes.delete(principal, name);
  }
}
