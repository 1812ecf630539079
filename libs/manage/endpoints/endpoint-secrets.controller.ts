import { Body, Controller, Get, Header, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { idSchema } from '#ground/http/public-id';
import {
  type EndpointSecretRotation, endpointSecretRotationSchema, type EndpointSecrets, endpointSecretsSchema, type RotatedEndpoint, rotatedEndpointSchema,
} from './endpoint-secret.schema.js';
import { EndpointSecretsService } from './endpoint-secrets.service.js';

const NO_STORE = { 'Cache-Control': '`no-store`' };

@ApiTags('endpoints')
@Controller('v1/endpoints')
export class EndpointSecretsController {
  constructor(private readonly secrets: EndpointSecretsService) {}

  @Get(':id/secret')
  @Header('cache-control', 'no-store')
  @Requires('manage')
  @DocumentedParameter('id', idSchema('ep'))
  @Documented({
    summary: 'Get the signing secrets of an endpoint', description: 'With which its requests are signed now. The audit log tells who has read them.',
    status: 200, answer: 'The secrets', schema: endpointSecretsSchema, headers: NO_STORE, problems: ['not_found'],
  })
  read(@Req() { principal }: FastifyRequest, @Param('id') id: string): Promise<EndpointSecrets> {
    return this.secrets.read(principal, id);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Requires('manage')
  @DocumentedParameter('id', idSchema('ep'))
  @Documented({
    summary: 'Give an endpoint a new signing secret', description: 'Requests have the signatures of the secrets before, too, for `overlap`. A repetition with the same `secret` has no further effect.',
    status: 200, answer: 'The endpoint with the new `secret`', schema: rotatedEndpointSchema, headers: NO_STORE, problems: ['not_found', 'conflict'],
  })
  rotate(@Req() { principal }: FastifyRequest, @Param('id') id: string, @Body({ schema: endpointSecretRotationSchema }) rotation: EndpointSecretRotation): Promise<RotatedEndpoint> {
    return this.secrets.rotate(principal, id, rotation);
  }
}
