import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LockstepError } from '#domain/problem';
import { startFailures } from '#ground/http/http.metrics';
import { toLockstepError } from '#ground/http/problem';
import { SourceDirectory } from '../source-directory.js';
import type { Source } from '../source.js';
import { isContentType, UNKNOWN_CONTENT_TYPE } from '../content-type.js';
import { unknownSource, WebhookIntake } from './webhook-intake.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes webhooks: of the source with this name, else of the one that its parameter `source` names. */
    webhooks?: { readonly source?: string };
  }
}

const PARAMETER = /:[^/]+/g;

/** What the routes of webhooks have in common. */
@Injectable()
export class WebhookRoutes {
  private readonly paths: RegExp[] = [];

  /** Before the routes are registered. */
  constructor(
    private readonly directory: SourceDirectory,
    private readonly intake: WebhookIntake,
    host: HttpAdapterHost,
  ) {
    host.httpAdapter.getInstance<FastifyInstance>().addHook('onRoute', (route) => {
      if (route.config?.webhooks === undefined) return;
      startFailures(route.method, route.url);
      this.paths.push(new RegExp(`^${route.url.replaceAll(PARAMETER, '[^/?]+')}(?:\\?|$)`));
      route.onRequest = [...[route.onRequest ?? []].flat(), replaceMalformedType];
      // Before the handler: the body is too large, compressed, or breaks off.
      route.errorHandler = (error, request, reply) => {
        // To the handler of all other errors.
        void this.refusalOf(request, error).then((refusal) => reply.send(refusal));
      };
    });
  }

  /**
   * Whether a request that Fastify has not seen yet takes part in ingest, so that it can be shed unread. Paths in other
   * spellings are shed later, by `IngestService.accept`.
   */
  isPost({ method, url = '' }: IncomingMessage): boolean {
    return method === 'POST' && this.paths.some((path) => path.test(url));
  }

  /**
   * The source to which a request goes.
   * @throws LockstepError not_found, in the same words for every reference; store_unavailable
   */
  async sourceOf({ routeOptions, params }: FastifyRequest): Promise<Source> {
    const reference = routeOptions.config.webhooks?.source ?? (params as { readonly source: string }).source;
    const source = await this.directory.get(reference);
    if (source === undefined) throw unknownSource();
    return source;
  }

  private async refusalOf(request: FastifyRequest, error: unknown): Promise<LockstepError> {
    try {
      return this.intake.unread(await this.sourceOf(request), error);
    } catch (unknown) {
      return toLockstepError(unknown);
    }
  }
}

/** A malformed content type counts as unknown (RFC 9110, 8.3): Fastify would refuse the body, and no receiver could read it. */
function replaceMalformedType({ headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  const { 'content-type': type } = headers;
  if (type !== undefined && !isContentType(type)) headers['content-type'] = UNKNOWN_CONTENT_TYPE;
  done();
}
