import { loadConfig } from '#ground/config/config';
import { runCreatedApp } from '#ground/process/run-created-app';
import { Dispatcher } from './dispatcher.js';

await runCreatedApp({
  name: 'dispatcher',
  load: loadConfig,
  // kafkajs ends a consumer for good on errors that it doesn't know: that is fatal.
  create: (context) => new Dispatcher(context),
  // Handing the shards over begins with the drain, and goes on after it.
  stopLimitMs: 14_500,
});
