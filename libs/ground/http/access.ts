import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { Scope } from './principal.js';

/** Metadata key of a route's scope or `public`, for guards. */
export const ACCESS = 'lockstep:access';

/**
 * The route requires an API key with this scope. Only for methods: Nest ignores Fastify's route configuration on a
 * class, and authentication reads it.
 */
export function Requires(scope: Scope): MethodDecorator {
  return applyDecorators(RouteConfig({ access: scope }), SetMetadata(ACCESS, scope), ApiBearerAuth());
}

/** The route requires no API key. Only for methods. */
export function Public(): MethodDecorator {
  return applyDecorators(RouteConfig({ access: 'public' }), SetMetadata(ACCESS, 'public'));
}
