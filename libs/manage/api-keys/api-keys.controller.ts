import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented, DocumentedParameter } from '#ground/http/openapi';
import { type Page, pageSchema } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import {
  type ApiKey, type ApiKeyChange, apiKeyChangeSchema, apiKeyCursor, type ApiKeyQuery, apiKeyQuerySchema, apiKeySchema, type NewApiKey, newApiKeySchema,
  type Rotation, rotationSchema, type ShownApiKey, shownApiKeySchema,
} from './api-key.schema.js';
import { ApiKeysService, type KeysRequest } from './api-keys.service.js';

@ApiTags('api keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @Requires('manage')
  @Documented({
    summary: 'Create an API key', description: 'Nobody hands out more than they have: neither scopes, nor a later expiry, nor a higher limit, nor another tenant.',
    status: 201, answer: 'Created. Only this answer has the `key`', schema: shownApiKeySchema, headers: { Location: 'The path of the API key' }, problems: ['conflict'],
  })
  async create(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body({ schema: newApiKeySchema }) settings: NewApiKey): Promise<ShownApiKey> {
    const created = await this.keys.create(keysRequestOf(request), settings);
    reply.header('location', `/v1/api-keys/${created.id}`);
    return created;
  }

  @Get()
  @Requires('read')
  @Documented({
    summary: 'List API keys, newest first', description: 'An admin key sees those of all tenants, or of the tenant that it names in `Lockstep-Tenant`. Keys with the scope `admin` are shown to admins only.',
    status: 200, answer: 'A page', schema: pageSchema(apiKeySchema, apiKeyCursor), problems: ['overloaded'],
  })
  list(@Req() request: FastifyRequest, @Query({ schema: apiKeyQuerySchema }) query: ApiKeyQuery): Promise<Page<ApiKey>> {
    return this.keys.list(keysRequestOf(request), query);
  }

  @Get(':id')
  @Requires('read')
  @DocumentedParameter('id', idSchema('key'))
  @Documented({ summary: 'Get an API key', status: 200, answer: 'The API key', schema: apiKeySchema, problems: ['not_found'] })
  get(@Req() request: FastifyRequest, @Param('id') id: string): Promise<ApiKey> {
    return this.keys.get(keysRequestOf(request), id);
  }

  @Patch(':id')
  @Requires('manage')
  @DocumentedParameter('id', idSchema('key'))
  @Documented({ summary: 'Change settings of an API key', description: 'A change holds at every gateway within a second.', status: 200, answer: 'The API key', schema: apiKeySchema, problems: ['not_found', 'conflict'] })
  change(@Req() request: FastifyRequest, @Param('id') id: string, @Body({ schema: apiKeyChangeSchema }) changes: ApiKeyChange): Promise<ApiKey> {
    return this.keys.change(keysRequestOf(request), id, changes);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('key'))
  @Documented({ summary: 'Revoke an API key', description: 'Every gateway refuses it within a second.', status: 204, answer: 'Revoked', problems: ['not_found'] })
  revoke(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    return this.keys.revoke(keysRequestOf(request), id);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Requires('manage')
  @DocumentedParameter('id', idSchema('key'))
  @Documented({
    summary: 'Replace the secret of an API key', description: 'The key before stays valid for `overlap`; one that was before that is refused within a second.',
    status: 200, answer: 'The API key. Only this answer has the new `key`', schema: shownApiKeySchema, problems: ['not_found', 'conflict'],
  })
  rotate(@Req() request: FastifyRequest, @Param('id') id: string, @Body({ schema: rotationSchema }) rotation: Rotation): Promise<ShownApiKey> {
    return this.keys.rotate(keysRequestOf(request), id, rotation);
  }
}

function keysRequestOf({ principal, headers }: FastifyRequest): KeysRequest {
  return { principal, namesTenant: headers['lockstep-tenant'] !== undefined };
}
