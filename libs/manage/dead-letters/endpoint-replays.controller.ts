import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedAnswer, DocumentedParameter } from '#ground/http/openapi';
import { idSchema } from '#ground/http/public-id';
import { type EndpointReplayRequest, endpointReplayRequestSchema } from './endpoint-replay.schema.js';
import { countedSchema, type StartedReplay, startedReplaySchema } from './replay.schema.js';
import { locate, LOCATION } from './replays.controller.js';
import { ReplaysService } from './replays.service.js';

/** Past events of one endpoint. */
@ApiTags('endpoints')
@Controller('v1/endpoints')
export class EndpointReplaysController {
  constructor(private readonly replays: ReplaysService) {}

  @Post(':id/replay')
  @HttpCode(202)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('ep'))
  @DocumentedAnswer({ status: 200, answer: 'With `dryRun`: how many match', schema: countedSchema })
  @Documented({
    summary: 'Deliver past events to an endpoint again',
    description: 'In the order of acceptance. What was delivered gets a new delivery, with the lane\'s next sequence; dead letters keep theirs; what is pending is left alone. With `dryRun` nothing changes, and the answer is 200 `{"matched": 3, "dryRun": true}`.',
    status: 202, answer: 'Started; `GET /v1/replays/{id}` shows its progress', schema: startedReplaySchema, headers: LOCATION, problems: ['not_found', 'overloaded'],
  })
  async replay(
    @Req() { principal }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: endpointReplayRequestSchema }) request: EndpointReplayRequest,
  ): Promise<StartedReplay | object> {
    if (!request.dryRun) return locate(reply, await this.replays.startForEndpoint(principal, id, request));
    reply.code(200);
    return { matched: await this.replays.countForEndpoint(principal, id, request), dryRun: true };
  }
}
