import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { LockstepError } from '#domain/problem';
import { ACCESS } from '#ground/http/access';
import type { Scope } from '#ground/http/principal';

/** Refuses a request without the scope that its route requires, and every request to a route that declares no scope. */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /** @throws LockstepError forbidden with the missing scope's name */
  canActivate(context: ExecutionContext): boolean {
    const access = this.reflector.get<Scope | 'public' | undefined>(ACCESS, context.getHandler());
    if (access === 'public') return true;
    if (access === undefined) throw new LockstepError('forbidden', 'This route declares no scope');
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
    if (principal.scopes.has(access)) return true;
    throw new LockstepError('forbidden', `The API key lacks the scope "${access}"`);
  }
}
