import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedAnswer } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import type { Principal } from '#ground/http/principal';
import { deliveryCursor, type DeliverySummary, deliverySummarySchema } from '#manage/events/event.schema';
import { type DeadLetterGroups, type DeadLetterGroupsQuery, deadLetterGroupsQuerySchema, deadLetterGroupsSchema, type DeadLetterQuery, deadLetterQuerySchema } from './dead-letter.schema.js';
import { DeadLettersService } from './dead-letters.service.js';
import { countedSchema, type ReplayRequest, replayRequestSchema, type StartedReplay, startedReplaySchema } from './replay.schema.js';
import { locate, LOCATION } from './replays.controller.js';
import type { ReplayAction } from './replays.repository.js';
import { ReplaysService } from './replays.service.js';

const DRY_RUN = 'With `dryRun` nothing changes, and the answer is 200 `{"matched": 3, "dryRun": true}`.';

@ApiTags('dead letters')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly deadLetters: DeadLettersService,
    private readonly replays: ReplaysService,
  ) {}

  @Get()
  @Requires('read')
  @Documented({ summary: 'List dead letters, newest event first', status: 200, answer: 'A page', schema: pageSchema(deliverySummarySchema, deliveryCursor), problems: ['overloaded'] })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: deadLetterQuerySchema }) query: DeadLetterQuery): Promise<Page<DeliverySummary>> {
    return this.deadLetters.list(principal.tenant, query);
  }

  @Get('groups')
  @Requires('read')
  @Documented({
    summary: 'Count dead letters by endpoint, reason, status code or type', description: 'It counts all that match, for at most 30 s.',
    status: 200, answer: 'The groups', schema: deadLetterGroupsSchema, problems: ['overloaded'],
  })
  group(@Req() { principal }: FastifyRequest, @Query({ schema: deadLetterGroupsQuerySchema }) query: DeadLetterGroupsQuery): Promise<DeadLetterGroups> {
    return this.deadLetters.group(principal.tenant, query);
  }

  @Post('replay')
  @HttpCode(202)
  @Requires('manage')
  @DocumentedAnswer({ status: 200, answer: 'With `dryRun`: how many match', schema: countedSchema })
  @Documented({
    summary: 'Deliver dead letters again', description: `In order within each lane, with a fresh retry schedule. ${DRY_RUN}`,
    status: 202, answer: 'Started; `GET /v1/replays/{id}` shows its progress', schema: startedReplaySchema, headers: LOCATION, problems: ['overloaded'],
  })
  replay(@Req() { principal }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body({ schema: replayRequestSchema }) request: ReplayRequest): Promise<StartedReplay | object> {
    return this.start('replay', principal, reply, request);
  }

  @Post('discard')
  @HttpCode(202)
  @Requires('manage')
  @DocumentedAnswer({ status: 200, answer: 'With `dryRun`: how many match', schema: countedSchema })
  @Documented({
    summary: 'Discard dead letters', description: `They become \`discarded\`, which is final. ${DRY_RUN}`,
    status: 202, answer: 'Started; `GET /v1/replays/{id}` shows its progress', schema: startedReplaySchema, headers: LOCATION, problems: ['overloaded'],
  })
  discard(@Req() { principal }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body({ schema: replayRequestSchema }) request: ReplayRequest): Promise<StartedReplay | object> {
    return this.start('discard', principal, reply, request);
  }

  private async start(action: ReplayAction, principal: Principal, reply: FastifyReply, request: ReplayRequest): Promise<StartedReplay | object> {
    if (!request.dryRun) return locate(reply, await this.replays.start(principal, action, request));
    reply.code(200);
    return { matched: await this.replays.count(principal.tenant, action, request), dryRun: true };
  }
}
