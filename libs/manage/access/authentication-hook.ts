import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Authenticator } from './authenticator.js';

/** Routes that Swagger adds to Fastify, without a route configuration. */
const DOCUMENTATION = /^\/(?:docs|api-docs)(?:\/|$)|^\/openapi\.json$/;

/**
 * Authenticates requests in a Fastify hook, because Nest's guards run after the body was read: a client without a key
 * must not make the process read its body.
 */
@Injectable()
export class AuthenticationHook implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly authenticator: Authenticator,
  ) {}

  /** The hook applies to all routes, also to those registered earlier. */
  onModuleInit(): void {
    const instance = this.host.httpAdapter.getInstance<FastifyInstance>();
    instance.decorateRequest('principal');
    instance.addHook('onRequest', (request, _reply, done) => {
      // Routes are no secret (/docs), so an unknown path is a plain 404. The template is compared, not the URL, because
      // `/%761/events` is another spelling of `/v1/events`.
      const { config, url = '' } = request.routeOptions;
      if (request.is404 || config.access === 'public' || (config.access === undefined && DOCUMENTATION.test(url))) return done();
      try {
        const principal = this.authenticator.principalOf(request.headers);
        if (!(principal instanceof Promise)) {
          request.principal = principal;
          return done();
        }
        principal.then((found) => {
          request.principal = found;
          done();
        }, done);
      } catch (error) {
        done(error as Error);
      }
    });
  }
}
