import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DeliveriesService } from '#manage/events/deliveries.service';
import { type DeadLetterQuery, deadLetterQuerySchema, type Delivery, deliverySchema } from '#manage/events/event.schema';
import { Documented } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { type Replay, type ReplayRequest, replayRequestSchema, replaySchema, type StartedReplay, startedReplaySchema } from './replay.schema.js';
import type { ReplayAction } from './replays.repository.js';
import { ReplaysService } from './replays.service.js';

const DRY_RUN = 'With `dryRun` the answer is 200 `{"matched": 3, "dryRun": true}`, and nothing is done.';

@ApiTags('dead letters')
@Controller('v1')
export class DeadLettersController {
  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly replays: ReplaysService,
  ) {}

  @Get('dead-letters')
  @Documented({ summary: 'List dead letters, newest event first', status: 200, answer: 'A page', schema: pageSchema(deliverySchema), problems: ['invalid_request'] })
  list(@Req() { tenant }: FastifyRequest, @Query({ schema: deadLetterQuerySchema }) query: DeadLetterQuery): Promise<Page<Delivery>> {
    return this.deliveries.listDead(tenant, query);
  }

  @Post('dead-letters/replay')
  @HttpCode(202)
  @Documented({
    summary: 'Deliver dead letters again', description: `In order within each lane, with a fresh retry schedule. ${DRY_RUN}`,
    status: 202, answer: 'Started; `GET /v1/replays/{id}` tells how far it is', schema: startedReplaySchema, problems: ['invalid_request'],
  })
  replay(@Req() { tenant }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body({ schema: replayRequestSchema }) request: ReplayRequest): Promise<StartedReplay | object> {
    return this.start('replay', tenant, reply, request);
  }

  @Post('dead-letters/discard')
  @HttpCode(202)
  @Documented({
    summary: 'Give dead letters up', description: `They are \`discarded\` then, for good. ${DRY_RUN}`,
    status: 202, answer: 'Started; `GET /v1/replays/{id}` tells how far it is', schema: startedReplaySchema, problems: ['invalid_request'],
  })
  discard(@Req() { tenant }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body({ schema: replayRequestSchema }) request: ReplayRequest): Promise<StartedReplay | object> {
    return this.start('discard', tenant, reply, request);
  }

  @Get('replays/:id')
  @Documented({ summary: 'How far a replay or discard has come', status: 200, answer: 'The replay', schema: replaySchema, problems: ['not_found'] })
  get(@Req() { tenant }: FastifyRequest, @Param('id') id: string): Promise<Replay> {
    return this.replays.get(tenant, id);
  }

  @Post('events/:id/replay')
  @HttpCode(202)
  @Documented({
    summary: 'Deliver an event again', description: 'Dead deliveries become pending again; an endpoint that it was delivered to gets a new delivery, with its lane\'s next sequence.',
    status: 202, answer: 'Started; `GET /v1/replays/{id}` tells how far it is', schema: startedReplaySchema, problems: ['not_found'],
  })
  async replayEvent(@Req() { tenant }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Param('id') id: string): Promise<StartedReplay> {
    return located(reply, await this.replays.startForEvent(tenant, id));
  }

  private async start(action: ReplayAction, tenant: string, reply: FastifyReply, request: ReplayRequest): Promise<StartedReplay | object> {
    if (!request.dryRun) return located(reply, await this.replays.start(tenant, action, request));
    reply.code(200);
    return { matched: await this.replays.count(tenant, action, request), dryRun: true };
  }
}

function located(reply: FastifyReply, started: StartedReplay): StartedReplay {
  reply.header('location', `/v1/replays/${started.id}`);
  return started;
}
