import { Controller, Get, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented } from '#ground/http/openapi';
import { type System, systemSchema } from './system.schema.js';
import { SystemService } from './system.service.js';

@ApiTags('system')
@Controller('v1/system')
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Get()
  @Requires('read')
  @Documented({
    summary: 'Get the state of the installation',
    description: 'Its processes, shards with their owners, what waits for Kafka, partitions and topics. It contains no data of a tenant. How much all tenants together send, versions, hosts and names of topics are shown to the scope `admin` only.',
    status: 200, answer: 'The state', schema: systemSchema,
  })
  read(@Req() { principal }: FastifyRequest): Promise<System> {
    return this.system.read(principal.scopes.has('admin'));
  }
}
