import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The handler answers 405: the route only keeps requests from a route with parameters. */
    isRefused?: boolean;
  }
}

/** The methods of each path. Distinguishes an unknown path (404) from an unknown method (405). */
export class AllowedMethods {
  private readonly routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  /** Observes the registration of routes. Call it before the first one. */
  watch(instance: FastifyInstance): void {
    instance.addHook('onRoute', ({ url, method, config }) => {
      if (config?.isRefused === true) return;
      const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
      for (const name of [method].flat()) route.methods.add(name);
      this.routes.set(url, route);
    });
  }

  /** Sorted; empty when no route has this path. */
  of(path: string): string[] {
    // A path without parameters takes what its own route takes, and nothing of a route with parameters that it also matches.
    const own = this.routes.get(path);
    const methods = own !== undefined ? [...own.methods] : [...this.routes.values()].filter(({ pattern }) => pattern.test(path)).flatMap((route) => [...route.methods]);
    return [...new Set(methods)].sort();
  }
}

/** `/v1/events/:id`: the parameter matches one segment; `*` matches anything. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}$`);
}
