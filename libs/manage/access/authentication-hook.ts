import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LockstepError } from '#domain/problem';
import type { Principal } from '#ground/http/principal';
import { Authenticator } from './authenticator.js';
import { KeyRefused } from './key-refused.js';

const AUTHORIZATION = 'authorization';
/** Routes that Swagger adds to Fastify, without a route configuration. */
const DOCUMENTATION = /^\/(?:docs|api-docs)(?:\/|$)|^\/openapi\.json$/;

/**
 * Authenticates requests and checks their scopes in a Fastify hook, because Nest's guards run after the body was read: a
 * client without a key must not make the process read its body. On the hot route, a guard also costs a twentieth of the
 * gateway's CPU.
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
    const { authenticator } = this;
    instance.decorateRequest('principal');
    instance.decorateRequest('authenticate', function authenticateAgain() {
      return authenticate(this, authenticator);
    });
    instance.addHook('onRequest', (request, _reply, done) => {
      // Routes are no secret (/docs), so an unknown path is a plain 404. The template is compared, not the URL, because
      // `/%761/events` is another spelling of `/v1/events`.
      const { config, url = '' } = request.routeOptions;
      if (request.is404 || config.access === 'public' || (config.access === undefined && DOCUMENTATION.test(url))) return done();
      try {
        if (hasSeveralKeys(request)) throw new LockstepError('unauthenticated', 'Send one Authorization header: this request has several');
        const authenticated = authenticate(request, authenticator);
        if (authenticated === undefined) return done();
        authenticated.then(() => done(), done);
      } catch (error) {
        done(error as Error);
      }
    });
  }
}

/** Node takes the first of several and ignores the others. For nearly all requests only lengths are compared, in 20 ns. */
function hasSeveralKeys({ raw: { rawHeaders } }: FastifyRequest): boolean {
  let candidates = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.length === AUTHORIZATION.length) candidates += 1;
  return candidates > 1 && rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === AUTHORIZATION).length > 1;
}

/** Sets the request's principal, also when it is refused. Returns no promise if it need not wait. */
function authenticate(request: FastifyRequest, authenticator: Authenticator): Promise<void> | undefined {
  try {
    const principal = authenticator.principalOf(request.headers);
    if (principal instanceof Promise) return principal.then((found) => admit(request, found), (error: unknown) => refuse(request, error));
    admit(request, principal);
    return undefined;
  } catch (error) {
    return refuse(request, error);
  }
}

function refuse(request: FastifyRequest, error: unknown): never {
  if (error instanceof KeyRefused) request.principal = error.principal;
  throw error;
}

/** @throws LockstepError forbidden: the principal lacks the route's scope, or the route declares none */
function admit(request: FastifyRequest, principal: Principal): void {
  const { access } = request.routeOptions.config;
  // Principals are shared by all requests of a key, and on the hot route no copy is made.
  request.principal = access === 'ingest' ? principal : { ...principal, requestId: request.id };
  if (access === undefined || access === 'public') throw new LockstepError('forbidden', 'This route declares no scope');
  if (!principal.scopes.has(access)) throw new LockstepError('forbidden', `The API key lacks the scope "${access}"`);
}
