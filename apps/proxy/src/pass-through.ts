import type { FastifyReply } from 'fastify';
import { type HeaderFields, passedHeaders } from '#idempotency/response-policy';
import { ClientResponse } from './client-response.js';
import type { Upstream, UpstreamRequest } from './upstream.js';
import type { ResponseSink, UpstreamFailure } from './upstream-exchange.js';
import { upstreamProblem } from './upstream-problem.js';

/**
 * Forwards a request and streams the response. A client that leaves ends the exchange.
 * @throws LockstepError upstream_unavailable, upstream_timeout, upstream_interrupted while no byte was sent
 */
export function passThrough(upstream: Upstream, request: UpstreamRequest, reply: FastifyReply): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = new ClientResponse(reply, {
      onLeft: () => exchange.abort(new Error('The client left')),
      onDrain: () => exchange.resume(),
    });
    const exchange = upstream.send(request, new PassedResponse(client, resolve, reject));
  });
}

class PassedResponse implements ResponseSink {
  constructor(
    private readonly client: ClientResponse,
    private readonly resolve: () => void,
    private readonly reject: (error: Error) => void,
  ) {}

  onHead(status: number, headers: HeaderFields): void {
    this.client.head(status, passedHeaders(headers));
  }

  onData(chunk: Buffer): boolean {
    return this.client.write(chunk);
  }

  onEnd(): void {
    this.client.end();
    this.resolve();
  }

  onFailure(failure: UpstreamFailure): void {
    if (!this.client.started) {
      this.reject(upstreamProblem(failure));
      return;
    }
    this.client.cut();
    this.resolve();
  }
}
