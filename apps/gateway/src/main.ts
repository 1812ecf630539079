import { loadConfig } from '#ground/config/config';
import { runApp } from '#ground/process/run-app';
import { Gateway } from './gateway.js';

await runApp({
  name: 'gateway',
  load: loadConfig,
  create: ({ config, logger, onFatal }) => new Gateway({ config, logger, onFatal, print: (line) => void process.stdout.write(`${line}\n`) }),
});
