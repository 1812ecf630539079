import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { FastifyContextConfig } from 'fastify';
import type { Scope } from './principal.js';

/**
 * The route requires an API key with this scope. Only for methods: Nest ignores Fastify's route configuration on a
 * class, and authentication reads it.
 * @param config the rest of the route's configuration, because a second `RouteConfig` would replace the first
 */
export function Requires(scope: Scope, config: Omit<FastifyContextConfig, 'access'> = {}): MethodDecorator {
  return applyDecorators(RouteConfig({ ...config, access: scope }), ApiBearerAuth());
}

/** The route requires no API key. Only for methods. @param config as for `Requires` */
export function Public(config: Omit<FastifyContextConfig, 'access'> = {}): MethodDecorator {
  return RouteConfig({ ...config, access: 'public' });
}
