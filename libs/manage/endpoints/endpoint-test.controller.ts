import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { idSchema } from '#ground/http/public-id';
import { type EndpointTest, endpointTestSchema, type TestedEndpoint, testedEndpointSchema } from './endpoint-test.schema.js';
import { EndpointTestService } from './endpoint-test.service.js';

@ApiTags('endpoints')
@Controller('v1/endpoints')
export class EndpointTestController {
  constructor(private readonly tests: EndpointTestService) {}

  @Post(':id/test')
  @HttpCode(200)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('ep'))
  @Documented({
    summary: 'Send a test request to an endpoint',
    description: 'One signed request now, outside of any lane, also to a paused or disabled endpoint. It has the header `lockstep-test: true`, and no sequence. It is no event, and is not stored.',
    status: 200, answer: 'The attempt', schema: testedEndpointSchema, problems: ['not_found', 'overloaded'],
  })
  test(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Body({ schema: endpointTestSchema }) test: EndpointTest): Promise<TestedEndpoint> {
    return this.tests.test(principal, id, test);
  }
}
