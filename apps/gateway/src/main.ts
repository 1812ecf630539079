import { loadConfig } from '#ground/config/config';
import { runApp } from '#ground/process/run-app';
import { GatewayModule } from './gateway.module.js';
import { OPEN_API } from './openapi.js';

await runApp({ name: 'gateway', load: loadConfig, module: GatewayModule, openApi: OPEN_API });
