import { type Config, loadConfig } from '#ground/config/config';
import type { AppDefinition } from '#ground/process/run-app';
import { DispatcherModule } from './dispatcher.module.js';
import { DispatcherTransport } from './dispatcher.transport.js';

export const DISPATCHER: AppDefinition<Config> = {
  name: 'dispatcher',
  load: loadConfig,
  module: DispatcherModule,
  transport: DispatcherTransport,
  // The drain time is the handover's; committing the last outcomes and releasing the leases come after it.
  stopLimitMs: 14_500,
};
