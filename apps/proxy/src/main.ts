import { loadProxyConfig } from '#config/proxy-config';
import { runApp } from '#startup/run-app';
import { IdempotencyProxy } from './proxy.js';

await runApp({ name: 'proxy', load: loadProxyConfig, create: (context) => new IdempotencyProxy(context) });
