import { Injectable } from '@nestjs/common';
import { InjectConfig } from '#ground/process/process-context';
import type { ProxyConfig, ProxyRoute } from './proxy-config.js';

/** Finds the route of a request. */
@Injectable()
export class RouteTable {
  private readonly routes: readonly { readonly route: ProxyRoute; readonly matches: (path: string) => boolean }[];

  constructor(@InjectConfig() config: Pick<ProxyConfig, 'routes'>) {
    this.routes = config.routes.map((route) => ({ route, matches: matcherOf(route.path) }));
  }

  /** @param url as the client wrote it; compared decoded, so that `/%6frders` does not bypass a route */
  of(method: string, url: string): ProxyRoute {
    const path = pathOf(url);
    const found = this.routes.find(({ route, matches }) => (route.methods === undefined || route.methods.includes(method)) && matches(path));
    if (found === undefined) throw new Error('The last route must match everything');
    return found.route;
  }
}

/** For storing the answer after the backend's timeout. */
const ANSWERING_MS = 60_000;

/** How long a client's connection may be silent: longer than the backend of any route. */
export function longestSilenceMs(routes: readonly ProxyRoute[]): number {
  return Math.max(...routes.map(({ timeoutMs }) => timeoutMs)) + ANSWERING_MS;
}

function matcherOf(pattern: string): (path: string) => boolean {
  if (!pattern.endsWith('*')) return (path) => path === pattern;
  const prefix = pattern.slice(0, -1);
  return (path) => path.startsWith(prefix);
}

function pathOf(url: string): string {
  const [path = ''] = url.split('?', 1);
  try {
    return path.includes('%') ? decodeURIComponent(path) : path;
  } catch {
    return path;
  }
}
