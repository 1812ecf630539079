import type { AppDefinition } from '#ground/process/run-app';
import { loadProxyConfig, type ProxyConfig } from './proxy-config.js';
import { ProxyModule } from './proxy.module.js';
import { longestSilenceMs } from './route-table.js';

export const PROXY: AppDefinition<ProxyConfig> = {
  name: 'proxy',
  load: loadProxyConfig,
  module: ProxyModule,
  // Bodies are streamed; the proxy reads only those of requests with a key.
  http: ({ routes }) => ({ bodies: 'streams', longestSilenceMs: longestSilenceMs(routes) }),
};
