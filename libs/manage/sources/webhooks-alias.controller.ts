import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WebhookIntake } from '#flow/sources/webhooks/webhook-intake';
import { WebhookRoutes } from '#flow/sources/webhooks/webhook-routes';
import { Public } from '#ground/http/access';
import { Documented } from '#ground/http/openapi';
import { DESTINATION_HEADER } from './destination-url.js';
import { Destinations } from './destinations.js';

/** Of the tenant `default`. WEBHOOKSECRET makes it. */
const SOURCE = 'webhooks';

/** `/webhooks`: as `/in/webhooks`, and a request may name the URL that gets its event. */
@ApiTags('sources')
@Controller('webhooks')
export class WebhooksAliasController {
  constructor(
    private readonly routes: WebhookRoutes,
    private readonly intake: WebhookIntake,
    private readonly destinations: Destinations,
  ) {}

  @Post()
  @Public({ takes: 'anything', webhooks: { source: SOURCE } })
  @ApiHeader({ name: 'X-Destination-URL', required: false, description: 'The only URL that gets the event. One of the globs in the `destinations` of the source `webhooks` must match it. An endpoint with this URL is made if there is none' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Stands for one event of the source' })
  @Documented({
    summary: 'Send a signed webhook to the source `webhooks` of the tenant `default`', description: 'As `POST /in/webhooks`. 404 if there is no such source: WEBHOOKSECRET makes it.',
    status: 202, answer: 'Accepted, as by `POST /v1/events`',
    problems: [
      'invalid_request', 'destination_not_allowed', 'invalid_idempotency_key', 'unknown_event_type', 'schema_mismatch', 'invalid_signature', 'forbidden', 'not_found', 'conflict', 'payload_too_large',
      'unsupported_media_type', 'idempotency_key_reused', 'rate_limited', 'overloaded',
    ],
  })
  async receive(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const source = await this.routes.sourceOf(request);
    const destination = request.headers[DESTINATION_HEADER];
    if (destination === undefined) return this.intake.receive(source, request, reply);
    return this.intake.receive(source, request, reply, { destinationOf: () => this.destinations.endpointOf(source, String(destination), request.id) });
  }
}
