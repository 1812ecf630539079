import { loadConfig } from '#ground/config/config';
import { runApp } from '#ground/process/run-app';
import { DispatcherModule } from './dispatcher.module.js';
import { DispatcherTransport } from './dispatcher.transport.js';

await runApp({
  name: 'dispatcher',
  load: loadConfig,
  module: DispatcherModule,
  transport: DispatcherTransport,
  // The drain time is the handover's. The last outcomes are committed and the leases released after it.
  stopLimitMs: 14_500,
});
