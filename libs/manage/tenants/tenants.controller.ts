import { Body, Controller, Get, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedAnswer, DocumentedParameter } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import {
  type Tenant, tenantCursor, tenantIdSchema, type TenantQuery, tenantQuerySchema, tenantSchema, type TenantSettings, tenantSettingsSchema,
} from './tenant.schema.js';
import { TenantsService } from './tenants.service.js';

@ApiTags('tenants')
@Controller('v1/tenants')
export class TenantsController {
  constructor(private readonly tenants: TenantsService) {}

  @Put(':id')
  @Requires('admin')
  @DocumentedParameter('id', tenantIdSchema)
  @DocumentedAnswer({ status: 201, answer: 'Created', schema: tenantSchema, headers: { Location: 'The path of the tenant' } })
  @Documented({ summary: 'Create a tenant, or change its settings', description: 'What is left out stays as it is. A change holds at every gateway within a second.', status: 200, answer: 'Changed', schema: tenantSchema })
  async put(
    @Req() { principal }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: tenantSettingsSchema }) settings: TenantSettings,
  ): Promise<Tenant> {
    const { tenant, isCreated } = await this.tenants.put(principal, id, settings);
    if (isCreated) reply.code(201).header('location', `/v1/tenants/${tenant.id}`);
    return tenant;
  }

  @Get()
  @Requires('read')
  @Documented({ summary: 'List tenants, newest first', description: 'Keys without the scope `admin` see their own only.', status: 200, answer: 'A page', schema: pageSchema(tenantSchema, tenantCursor), problems: ['overloaded'] })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: tenantQuerySchema }) query: TenantQuery): Promise<Page<Tenant>> {
    return this.tenants.list(principal, query);
  }

  @Get(':id')
  @Requires('read')
  @DocumentedParameter('id', tenantIdSchema)
  @Documented({ summary: 'Get a tenant', status: 200, answer: 'The tenant', schema: tenantSchema, problems: ['not_found'] })
  get(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<Tenant> {
    return this.tenants.get(principal, id);
  }
}
