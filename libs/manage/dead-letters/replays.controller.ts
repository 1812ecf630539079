import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import { type Replay, replayCursor, type ReplayQuery, replayQuerySchema, replaySchema, type StartedReplay, startedReplaySchema } from './replay.schema.js';
import { ReplaysService } from './replays.service.js';

/** Of a started replay. */
export const LOCATION = { Location: 'The path of the replay' };

@ApiTags('dead letters')
@Controller('v1')
export class ReplaysController {
  constructor(private readonly replays: ReplaysService) {}

  @Get('replays')
  @Requires('read')
  @Documented({ summary: 'List replays and discards, newest first', status: 200, answer: 'A page', schema: pageSchema(replaySchema, replayCursor), problems: ['overloaded'] })
  list(@Req() { principal }: FastifyRequest, @Query({ schema: replayQuerySchema }) query: ReplayQuery): Promise<Page<Replay>> {
    return this.replays.list(principal.tenant, query);
  }

  @Get('replays/:id')
  @Requires('read')
  @DocumentedParameter('id', idSchema('rpl'))
  @Documented({ summary: 'Get a replay or discard with its progress', status: 200, answer: 'The replay', schema: replaySchema, problems: ['not_found'] })
  get(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<Replay> {
    return this.replays.get(principal.tenant, id);
  }

  @Post('replays/:id/cancel')
  @HttpCode(200)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('rpl'))
  @Documented({
    summary: 'Cancel a replay or discard', description: 'It stops between two batches: what was applied stays, and is in `applied`. Cancelling it again changes nothing; one that is done is a 409. It waits for the batches under way, for 5 s at most: then it is a 503 `overloaded`, nothing is cancelled, and it may be repeated.',
    status: 200, answer: 'The replay', schema: replaySchema, problems: ['not_found', 'conflict', 'overloaded'],
  })
  cancel(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<Replay> {
    return this.replays.cancel(principal, id);
  }

  @Post('events/:id/replay')
  @HttpCode(202)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('evt'))
  @Documented({
    summary: 'Deliver an event again', description: 'Dead deliveries become pending again; an endpoint that it was delivered to gets a new delivery, with the lane\'s next sequence.',
    status: 202, answer: 'Started; `GET /v1/replays/{id}` shows its progress', schema: startedReplaySchema, headers: LOCATION, problems: ['not_found'],
  })
  async replayEvent(@Req() { principal }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Param('id') id: string): Promise<StartedReplay> {
    return locate(reply, await this.replays.startForEvent(principal, id));
  }
}

/** Points to the replay in the answer's Location header. */
export function locate(reply: FastifyReply, started: StartedReplay): StartedReplay {
  reply.header('location', `/v1/replays/${started.id}`);
  return started;
}
