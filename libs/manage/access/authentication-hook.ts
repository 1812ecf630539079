import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Authenticator } from './authenticator.js';

/** Routes that Swagger adds to Fastify by itself, without a configuration. */
const DOCUMENTATION = /^\/(?:docs|api-docs)(?:\/|$)|^\/openapi\.json$/;

/**
 * Authenticates requests in a Fastify hook: it runs before the body is read, so that a client without a key can't make
 * the process read anything. Nest's guards run after that.
 */
@Injectable()
export class AuthenticationHook implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly authenticator: Authenticator,
  ) {}

  /** Holds for routes that are registered before and after. */
  onModuleInit(): void {
    const instance = this.host.httpAdapter.getInstance<FastifyInstance>();
    instance.decorateRequest('principal');
    instance.addHook('onRequest', (request, _reply, done) => {
      // Which routes exist is no secret (/docs), so a path without one is a plain 404. The route is the matched template,
      // not the URL: `/%761/events` is a way to write `/v1/events`.
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
