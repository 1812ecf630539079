import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedBody, DocumentedParameter } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import { documentedNewSource, documentedSourceChange } from './source.openapi.js';
import {
  type NewSource, newSourceSchema, type SecretRotation, secretRotationSchema, type SourceChange, sourceChangeSchema, sourceCursor, type SourceDetail, sourceDetailSchema, type SourceQuery, sourceQuerySchema, type SourceResource,
  sourceSchema, type SourceStats, type SourceStatsQuery, sourceStatsQuerySchema, sourceStatsSchema,
} from './source.schema.js';
import { SourcesService } from './sources.service.js';

@ApiTags('sources')
@Controller('v1/sources')
export class SourcesController {
  constructor(private readonly sources: SourcesService) {}

  @Post()
  @Requires('manage')
  @DocumentedBody(documentedNewSource)
  @Documented({
    summary: 'Create a source of events', description: 'Its requests are accepted at every gateway from one second after the answer on. The secrets are never shown.',
    status: 201, answer: 'Created', schema: sourceDetailSchema, headers: { Location: 'The path of the source' }, problems: ['conflict'],
  })
  async create(@Req() { principal }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body({ schema: newSourceSchema }) settings: NewSource): Promise<SourceDetail> {
    const created = await this.sources.create(principal, settings);
    reply.header('location', `/v1/sources/${created.id}`);
    return created;
  }

  @Get()
  @Requires('read')
  @Documented({ summary: 'List sources, newest first', status: 200, answer: 'A page', schema: pageSchema(sourceSchema, sourceCursor), problems: ['overloaded'] })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: sourceQuerySchema }) query: SourceQuery): Promise<Page<SourceResource>> {
    return this.sources.list(principal.tenant, query);
  }

  @Get(':id')
  @Requires('read')
  @DocumentedParameter('id', idSchema('src'))
  @Documented({ summary: 'Get a source', status: 200, answer: 'The source', schema: sourceDetailSchema, problems: ['not_found'] })
  get(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<SourceDetail> {
    return this.sources.get(principal.tenant, id);
  }

  @Get(':id/stats')
  @Requires('read')
  @DocumentedParameter('id', idSchema('src'))
  @Documented({
    summary: 'Count what came to a source', description: 'By outcome and time, within some seconds. Kept as long as events.',
    status: 200, answer: 'The counts', schema: sourceStatsSchema, problems: ['not_found', 'overloaded'],
  })
  stats(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Query({ schema: sourceStatsQuerySchema }) query: SourceStatsQuery): Promise<SourceStats> {
    return this.sources.stats(principal.tenant, id, query);
  }

  @Patch(':id')
  @Requires('manage')
  @DocumentedParameter('id', idSchema('src'))
  @DocumentedBody(documentedSourceChange)
  @Documented({ summary: 'Change settings of a source', description: 'A change holds at every gateway within a second.', status: 200, answer: 'The source', schema: sourceDetailSchema, problems: ['not_found', 'conflict'] })
  change(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Body({ schema: sourceChangeSchema }) changes: SourceChange): Promise<SourceDetail> {
    return this.sources.change(principal, id, changes);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('src'))
  @Documented({ summary: 'Delete a source and its secrets', description: 'Its requests are answered with 404 within a second. Its events stay.', status: 204, answer: 'Deleted', problems: ['not_found', 'conflict'] })
  delete(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<void> {
    return this.sources.delete(principal, id);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('src'))
  @Documented({
    summary: 'Give a source a new secret', description: 'The secrets before stay valid for `overlap`. The provider makes the secret, so it must be given.',
    status: 200, answer: 'The source', schema: sourceDetailSchema, problems: ['not_found', 'conflict'],
  })
  rotateSecret(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Body({ schema: secretRotationSchema }) rotation: SecretRotation): Promise<SourceDetail> {
    return this.sources.rotateSecret(principal, id, rotation);
  }
}
