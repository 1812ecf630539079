import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { LockstepError } from '#domain/problem';
import { toLockstepError } from '#ground/http/problem';
import { SourceDirectory } from '../source-directory.js';
import type { Source } from '../source.js';
import { unknownSource, WebhookIntake } from './webhook-intake.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes webhooks: of the source with this name, else of the one that its parameter `source` names. */
    webhooks?: { readonly source?: string };
  }
}

const PATH = /^\/(?:in\/[^/?]+|stripe\/webhook|webhooks)(?:\?|$)/;

/**
 * Whether a request that Fastify has not seen yet takes part in ingest, so that it can be shed unread. Paths in other
 * spellings are shed later, by `IngestService.accept`.
 */
export function isWebhookPost({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && PATH.test(url);
}

/** What the routes of webhooks have in common. */
@Injectable()
export class WebhookRoutes {
  /** Before the routes are registered. */
  constructor(
    private readonly directory: SourceDirectory,
    private readonly intake: WebhookIntake,
    host: HttpAdapterHost,
  ) {
    host.httpAdapter.getInstance<FastifyInstance>().addHook('onRoute', (route) => {
      if (route.config?.webhooks === undefined) return;
      // Before the handler: the body is too large, compressed, or breaks off.
      route.errorHandler = (error, request, reply) => {
        // To the handler of all other errors.
        void this.refusalOf(request, error).then((refusal) => reply.send(refusal));
      };
    });
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
