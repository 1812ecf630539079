import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { deliveryIdSchema } from '#ground/http/public-id';
import { DeliveriesService } from './deliveries.service.js';
import {
  type Attempt, attemptCursor, type AttemptQuery, attemptQuerySchema, attemptSchema, type Delivery, deliveryCursor, type DeliveryQuery,
  deliveryQuerySchema, deliverySchema, type DeliverySummary, deliverySummarySchema,
} from './event.schema.js';

@ApiTags('deliveries')
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get()
  @Requires('read')
  @Documented({ summary: 'List deliveries, newest event first', status: 200, answer: 'A page', schema: pageSchema(deliverySummarySchema, deliveryCursor), problems: ['overloaded'] })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: deliveryQuerySchema }) query: DeliveryQuery): Promise<Page<DeliverySummary>> {
    return this.deliveries.list(principal.tenant, query);
  }

  @Get(':id')
  @Requires('read')
  @DocumentedParameter('id', deliveryIdSchema)
  @Documented({ summary: 'Get a delivery with its attempts', status: 200, answer: 'The delivery', schema: deliverySchema, problems: ['not_found'] })
  get(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<Delivery> {
    return this.deliveries.get(principal.tenant, id);
  }

  @Get(':id/attempts')
  @Requires('read')
  @DocumentedParameter('id', deliveryIdSchema)
  @Documented({
    summary: 'List the attempts of a delivery, newest first', description: 'A page has fewer than `limit` attempts when their response bodies have more than 1 MiB together.',
    status: 200, answer: 'A page', schema: pageSchema(attemptSchema, attemptCursor), problems: ['not_found'],
  })
  listAttempts(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Query({ schema: attemptQuerySchema }) query: AttemptQuery): Promise<Page<Attempt>> {
    return this.deliveries.listAttempts(principal.tenant, id, query);
  }
}
