import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '#ground/http/access';
import { DESTINATION_HEADER, DestinationFinder } from './destination-finder.js';
import { WebhookIntake } from './webhook-intake.js';
import { DocumentReceiveWebhook } from './webhook.openapi.js';
import { WebhookRoutes } from './webhook-routes.js';

/** Takes webhooks. Their bodies stay as they came, because signatures are made over their bytes. */
@Controller()
export class WebhookController {
  constructor(
    private readonly routes: WebhookRoutes,
    private readonly intake: WebhookIntake,
    private readonly destinations: DestinationFinder,
  ) {}

  @Post('in/:source')
  @Public({ takes: 'anything', webhooks: {} })
  @DocumentReceiveWebhook()
  async receive(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const source = await this.routes.sourceOf(request);
    const destination = request.headers[DESTINATION_HEADER];
    await this.intake.receive(source, request, reply, destination === undefined ? {} : { destinationOf: () => this.destinations.endpointOf(source, String(destination), request.id) });
  }

  /** The same as /in/stripe. */
  @Post('stripe/webhook')
  @Public({ takes: 'anything', webhooks: { source: 'stripe' } })
  @ApiExcludeEndpoint()
  async receiveFromStripe(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.receive(request, reply);
  }

  /** The same as /in/webhooks. */
  @Post('webhooks')
  @Public({ takes: 'anything', webhooks: { source: 'webhooks' } })
  @ApiExcludeEndpoint()
  async receiveGeneric(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.receive(request, reply);
  }
}
