import path from 'node:path';
import { loadOrdersConfig } from '../../orders/src/orders-config.js';
import { projectRoot } from '#ground/config/project-root';
import { npmExit } from './npm-exit.js';
import { describeFailure } from './run-stack.js';
import { runSingleApp } from './single-app.js';
import { ORDERS_DATA_FOLDER, readSingleAppSettings } from './stack-settings.js';

// `npm run start:orders`.
process.stdout.on('error', () => undefined);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Placeholders, so that the other settings can be validated before the servers have addresses. */
const PLACEHOLDERS = { DATABASE_URL: 'postgresql://127.0.0.1/any', KAFKA_BROKERS: '127.0.0.1:9092' };

/** An empty variable counts as unset. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));

function instructions(url: string): string[] {
  return [
    '',
    `The orders app is ready: ${url}`,
    `  Health   ${url}/health/ready`,
    `  Metrics  ${url}/metrics`,
    `  API      ${url}/docs`,
    '',
    '  Place an order. Run the command again for the same answer with `idempotent-replayed: true`. The amount is in cents.',
    `    curl -i ${url}/orders -H 'content-type: application/json' -H 'idempotency-key: order-1' -d '{"userId":"user-1","amount":4200}'`,
    '  The `location` of the answer shows the status of the order. Above 500000 it is refunded instead of shipped; above 1000000 the payment fails.',
    '  To check idempotency: npm run test-idempotency, npm run test-concurrent',
    '',
  ];
}

try {
  const npm = npmExit(process.env['npm_lifecycle_event'] !== undefined);
  const { port } = loadOrdersConfig({ ...PLACEHOLDERS, ...environment });
  const entry = path.join(projectRoot(), 'dist', 'apps', 'orders', 'src', 'main.js');
  say('Starting the orders app ...');
  await runSingleApp({ app: 'orders', entry, settings: readSingleAppSettings(environment, port, ORDERS_DATA_FOLDER), needsKafka: true, say, readyLines: instructions }, npm);
} catch (error) {
  say(describeFailure(error));
  process.exitCode = 1;
}
