import { Body, Controller, Get, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type pg from 'pg';
import { Documented } from '#ground/http/openapi';
import { Idempotent, IdempotentTransaction } from '#idempotency/idempotent';
import { StartedGuard } from '../started.guard.js';
import { type NewOrder, newOrderSchema, type Order, orderSchema } from './order.schema.js';
import { OrdersService } from './orders.service.js';

@ApiTags('orders')
@Controller('orders')
@UseGuards(StartedGuard)
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /** Key, order, event and answer are committed together or not at all. */
  @Post()
  @Idempotent({ transaction: true })
  @ApiHeader({ name: 'Idempotency-Key', required: true, description: 'Or `X-Idempotency-Key`: one value for this request and all its repeats' })
  @Documented({
    summary: 'Place an order', status: 201, answer: 'The order; a repeat gets the same bytes with `Idempotent-Replayed: true`', schema: orderSchema,
    problems: ['invalid_request', 'invalid_idempotency_key', 'idempotency_key_required', 'request_in_progress', 'idempotency_key_reused'],
  })
  async create(@Body({ schema: newOrderSchema }) order: NewOrder, @IdempotentTransaction() client: pg.ClientBase, @Res({ passthrough: true }) reply: FastifyReply): Promise<Order> {
    const placed = await this.orders.place(order, client);
    reply.header('location', `/orders/${placed.id}`);
    return placed;
  }

  @Get(':id')
  @Documented({ summary: 'Get an order and its status', status: 200, answer: 'The order', schema: orderSchema, problems: ['not_found'] })
  get(@Param('id') id: string): Promise<Order> {
    return this.orders.get(id);
  }
}
