import { loadConfig } from '#ground/config/config';
import { runCreatedApp } from '#ground/process/run-created-app';
import { Gateway } from './gateway.js';

await runCreatedApp({
  name: 'gateway',
  load: loadConfig,
  create: ({ config, logger, onFatal }) => new Gateway({ config, logger, onFatal, print: (line) => void process.stdout.write(`${line}\n`) }),
});
