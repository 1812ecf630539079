import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { rejectionCursor, type RejectionQuery, rejectionQuerySchema, type RejectionResource, rejectionSchema } from './rejection.schema.js';
import { RejectionsService } from './rejections.service.js';

@ApiTags('audit')
@Controller('v1/rejections')
export class RejectionsController {
  constructor(private readonly rejections: RejectionsService) {}

  @Get()
  @Requires('read')
  @Documented({
    summary: 'List what ingest refused, and duplicates, newest minute first',
    description: 'Counted by minute, key and code, and shown within some seconds. Requests without a valid key, and those that overload refuses before their key is read, are not counted here.',
    status: 200, answer: 'A page', schema: pageSchema(rejectionSchema, rejectionCursor), problems: ['overloaded'],
  })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: rejectionQuerySchema }) query: RejectionQuery): Promise<Page<RejectionResource>> {
    return this.rejections.list(principal.tenant, query);
  }
}
