import { loadProxyConfig } from './proxy-config.js';
import { runApp } from '#ground/process/run-app';
import { IdempotencyProxy } from './proxy.js';

await runApp({ name: 'proxy', load: loadProxyConfig, create: (context) => new IdempotencyProxy(context) });
