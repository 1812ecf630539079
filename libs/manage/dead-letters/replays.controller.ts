import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { idSchema } from '#ground/http/public-id';
import { type Replay, replaySchema, type StartedReplay, startedReplaySchema } from './replay.schema.js';
import { ReplaysService } from './replays.service.js';

/** Of a started replay. */
export const LOCATION = { Location: 'The path of the replay' };

@ApiTags('dead letters')
@Controller('v1')
export class ReplaysController {
  constructor(private readonly replays: ReplaysService) {}

  @Get('replays/:id')
  @Requires('read')
  @DocumentedParameter('id', idSchema('rpl'))
  @Documented({ summary: 'Get a replay or discard with its progress', status: 200, answer: 'The replay', schema: replaySchema, problems: ['not_found'] })
  get(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<Replay> {
    return this.replays.get(principal.tenant, id);
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
