import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import {
  type CreatedEndpoint, createdEndpointSchema, type Endpoint, type EndpointChange, endpointChangeSchema, endpointCursor, type EndpointQuery,
  endpointQuerySchema, endpointSchema, type NewEndpoint, newEndpointSchema,
} from './endpoint.schema.js';
import { EndpointsService } from './endpoints.service.js';

@ApiTags('endpoints')
@Controller('v1/endpoints')
export class EndpointsController {
  constructor(private readonly endpoints: EndpointsService) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Requires('manage')
  @Documented({
    summary: 'Create an endpoint', status: 201, answer: 'Created', schema: createdEndpointSchema, headers: { Location: 'The path of the endpoint', 'Cache-Control': '`no-store`' },
    problems: ['destination_not_allowed', 'conflict'],
  })
  async create(
    @Req() { principal }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: newEndpointSchema }) settings: NewEndpoint,
  ): Promise<CreatedEndpoint> {
    const created = await this.endpoints.create(principal, settings);
    reply.header('location', `/v1/endpoints/${created.id}`);
    return created;
  }

  @Get()
  @Requires('read')
  @Documented({ summary: 'List endpoints, newest first', status: 200, answer: 'A page', schema: pageSchema(endpointSchema, endpointCursor), problems: ['overloaded'] })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: endpointQuerySchema }) query: EndpointQuery): Promise<Page<Endpoint>> {
    return this.endpoints.list(principal.tenant, query);
  }

  @Get(':id')
  @Requires('read')
  @DocumentedParameter('id', idSchema('ep'))
  @Documented({ summary: 'Get an endpoint', status: 200, answer: 'The endpoint', schema: endpointSchema, problems: ['not_found'] })
  get(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<Endpoint> {
    return this.endpoints.get(principal.tenant, id);
  }

  @Patch(':id')
  @Requires('manage')
  @DocumentedParameter('id', idSchema('ep'))
  @Documented({
    summary: 'Change settings of an endpoint', status: 200, answer: 'The endpoint', schema: endpointSchema,
    problems: ['destination_not_allowed', 'not_found', 'conflict'],
  })
  change(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Body({ schema: endpointChangeSchema }) changes: EndpointChange): Promise<Endpoint> {
    return this.endpoints.change(principal, id, changes);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('ep'))
  @Documented({ summary: 'Delete an endpoint and discard its pending deliveries', status: 204, answer: 'Deleted', problems: ['not_found'] })
  delete(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<void> {
    return this.endpoints.delete(principal, id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('ep'))
  @Documented({ summary: 'Pause an endpoint that is not disabled; its deliveries wait', status: 200, answer: 'The endpoint', schema: endpointSchema, problems: ['not_found', 'conflict'] })
  pause(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<Endpoint> {
    return this.endpoints.pause(principal, id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('ep'))
  @Documented({ summary: 'Resume a paused or disabled endpoint', status: 200, answer: 'The endpoint', schema: endpointSchema, problems: ['not_found'] })
  resume(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<Endpoint> {
    return this.endpoints.resume(principal, id);
  }
}
