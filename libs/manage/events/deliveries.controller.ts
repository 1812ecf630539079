import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { DeliveriesService } from './deliveries.service.js';
import { type Delivery, type DeliveryQuery, deliveryQuerySchema, deliverySchema } from './event.schema.js';

@ApiTags('deliveries')
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get()
  @Requires('read')
  @Documented({ summary: 'List deliveries, newest event first', status: 200, answer: 'A page', schema: pageSchema(deliverySchema), problems: ['invalid_request'] })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: deliveryQuerySchema }) query: DeliveryQuery): Promise<Page<Delivery>> {
    return this.deliveries.list(principal.tenant, query);
  }
}
