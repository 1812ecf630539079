import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth } from '@nestjs/swagger';
import { ApiProblems } from './openapi.js';
import type { Scope } from './principal.js';

/** Key of what `@Requires` and `@Public` say, for guards. */
export const ACCESS = 'lockstep:access';

/**
 * The route takes an API key with this scope. For methods: Fastify's route configuration, which authentication reads,
 * is ignored on a class.
 */
export function Requires(scope: Scope): MethodDecorator {
  return applyDecorators(RouteConfig({ access: scope }), SetMetadata(ACCESS, scope), ApiBearerAuth(), ApiProblems(['unauthenticated', 'forbidden']));
}

/** The route takes no API key. For methods. */
export function Public(): MethodDecorator {
  return applyDecorators(RouteConfig({ access: 'public' }), SetMetadata(ACCESS, 'public'));
}
