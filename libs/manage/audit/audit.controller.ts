import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { auditCursor, type AuditQuery, auditQuerySchema, type AuditRow, auditRowSchema } from './audit.schema.js';
import { AuditService } from './audit.service.js';

@ApiTags('audit')
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Requires('manage')
  @Documented({
    summary: 'List what was done to the tenant\'s resources and by whom, newest first',
    description: 'One row for each management action, and for each thing that Lockstep did by itself. With the scope `admin` also rows about the whole installation. Rows cannot be changed.',
    status: 200, answer: 'A page', schema: pageSchema(auditRowSchema, auditCursor), problems: ['overloaded'],
  })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: auditQuerySchema }) query: AuditQuery): Promise<Page<AuditRow>> {
    return this.audit.list(principal, query);
  }
}
