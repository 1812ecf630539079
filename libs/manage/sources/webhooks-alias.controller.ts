import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WebhookIntake } from '#flow/sources/webhooks/webhook-intake';
import { WebhookRoutes } from '#flow/sources/webhooks/webhook-routes';
import { Public } from '#ground/http/access';
import { DESTINATION_HEADER } from './destination-url.js';
import { Destinations } from './destinations.js';
import { DocumentWebhooksAlias } from './webhooks-alias.openapi.js';

/** The same as /in/webhooks, where a request may also name the URL that gets its event. */
@Controller('webhooks')
export class WebhooksAliasController {
  constructor(
    private readonly routes: WebhookRoutes,
    private readonly intake: WebhookIntake,
    private readonly destinations: Destinations,
  ) {}

  @Post()
  @Public({ takes: 'anything', webhooks: { source: 'webhooks' } })
  @DocumentWebhooksAlias()
  async receive(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const source = await this.routes.sourceOf(request);
    const destination = request.headers[DESTINATION_HEADER];
    if (destination === undefined) return this.intake.receive(source, request, reply);
    return this.intake.receive(source, request, reply, { destinationOf: () => this.destinations.endpointOf(source, String(destination), request.id) });
  }
}
