import type { AppDefinition } from '#ground/process/run-app';
import { loadProxyConfig, type ProxyConfig } from './proxy-config.js';
import { ProxyModule } from './proxy.module.js';
import { longestSilenceMs } from './route-table.js';

export const PROXY: AppDefinition<ProxyConfig> = {
  name: 'proxy',
  load: loadProxyConfig,
  module: ProxyModule,
  // Bodies are passed on as they come; only those of requests with a key are read.
  http: ({ routes }) => ({ bodies: 'streams', longestSilenceMs: longestSilenceMs(routes) }),
};
