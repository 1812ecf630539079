import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Documented } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import {
  type CreatedEndpoint, createdEndpointSchema, type Endpoint, type EndpointChange, endpointChangeSchema, type EndpointQuery,
  endpointQuerySchema, endpointSchema, type NewEndpoint, newEndpointSchema,
} from './endpoint.schema.js';
import { EndpointsService } from './endpoints.service.js';

@ApiTags('endpoints')
@Controller('v1/endpoints')
export class EndpointsController {
  constructor(private readonly endpoints: EndpointsService) {}

  @Post()
  @Documented({
    summary: 'Create an endpoint', status: 201, answer: 'Created; `secret` is shown only now', schema: createdEndpointSchema,
    problems: ['invalid_request', 'destination_not_allowed'],
  })
  async create(
    @Req() { tenant }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: newEndpointSchema }) settings: NewEndpoint,
  ): Promise<CreatedEndpoint> {
    const created = await this.endpoints.create(tenant, settings);
    reply.header('location', `/v1/endpoints/${created.id}`);
    return created;
  }

  @Get()
  @Documented({ summary: 'List endpoints, newest first', status: 200, answer: 'A page', schema: pageSchema(endpointSchema), problems: ['invalid_request'] })
  list(@Req() { tenant }: FastifyRequest, @Query({ schema: endpointQuerySchema }) query: EndpointQuery): Promise<Page<Endpoint>> {
    return this.endpoints.list(tenant, query);
  }

  @Get(':id')
  @Documented({ summary: 'Get an endpoint', status: 200, answer: 'The endpoint', schema: endpointSchema, problems: ['not_found'] })
  get(@Req() { tenant }: FastifyRequest, @Param('id') id: string): Promise<Endpoint> {
    return this.endpoints.get(tenant, id);
  }

  @Patch(':id')
  @Documented({
    summary: 'Change settings of an endpoint', status: 200, answer: 'The endpoint', schema: endpointSchema,
    problems: ['invalid_request', 'destination_not_allowed', 'not_found'],
  })
  change(@Req() { tenant }: FastifyRequest, @Param('id') id: string, @Body({ schema: endpointChangeSchema }) changes: EndpointChange): Promise<Endpoint> {
    return this.endpoints.change(tenant, id, changes);
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({ summary: 'Delete an endpoint; what waits for it is discarded', status: 204, answer: 'Deleted', problems: ['not_found'] })
  delete(@Req() { tenant }: FastifyRequest, @Param('id') id: string): Promise<void> {
    return this.endpoints.delete(tenant, id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Documented({ summary: 'Pause deliveries; events wait', status: 200, answer: 'The endpoint', schema: endpointSchema, problems: ['not_found'] })
  pause(@Req() { tenant }: FastifyRequest, @Param('id') id: string): Promise<Endpoint> {
    return this.endpoints.pause(tenant, id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Documented({ summary: 'Resume a paused or disabled endpoint', status: 200, answer: 'The endpoint', schema: endpointSchema, problems: ['not_found'] })
  resume(@Req() { tenant }: FastifyRequest, @Param('id') id: string): Promise<Endpoint> {
    return this.endpoints.resume(tenant, id);
  }
}
