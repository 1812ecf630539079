import { All, Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForwardingService } from './forwarding.service.js';

/** Everything but the proxy's own routes goes to the backend. */
@Controller()
export class ForwardingController {
  constructor(private readonly forwarding: ForwardingService) {}

  @All('*')
  async forward(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.forwarding.forward(request, reply);
  }
}
