import { All, Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForwardingService } from './forwarding.service.js';

/** All requests go to the backend, except those to the proxy's own routes. */
@Controller()
export class ForwardingController {
  constructor(private readonly forwarding: ForwardingService) {}

  @All('*')
  async forward(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.forwarding.forward(request, reply);
  }
}
