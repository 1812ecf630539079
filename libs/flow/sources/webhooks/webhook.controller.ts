import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '#ground/http/access';
import { WebhookIntake } from './webhook-intake.js';
import { DocumentReceiveWebhook } from './webhook.openapi.js';
import { WebhookRoutes } from './webhook-routes.js';

/** Takes webhooks. Their bodies stay as they came, because signatures are made over their bytes. */
@Controller()
export class WebhookController {
  constructor(
    private readonly routes: WebhookRoutes,
    private readonly intake: WebhookIntake,
  ) {}

  @Post('in/:source')
  @Public({ takes: 'anything', webhooks: {} })
  @DocumentReceiveWebhook()
  async receive(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.intake.receive(await this.routes.sourceOf(request), request, reply);
  }

  /** The same as /in/stripe. */
  @Post('stripe/webhook')
  @Public({ takes: 'anything', webhooks: { source: 'stripe' } })
  @ApiExcludeEndpoint()
  async receiveFromStripe(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.receive(request, reply);
  }
}
