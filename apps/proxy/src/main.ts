import { loadProxyConfig } from './proxy-config.js';
import { runCreatedApp } from '#ground/process/run-created-app';
import { IdempotencyProxy } from './proxy.js';

await runCreatedApp({ name: 'proxy', load: loadProxyConfig, create: (context) => new IdempotencyProxy(context) });
