import path from 'node:path';
import { loadOrdersConfig } from '../../orders/src/orders-config.js';
import { projectRoot } from '#ground/config/project-root';
import { npmGone } from './npm-watch.js';
import { describeFailure } from './run-stack.js';
import { runSingleApp } from './single-app.js';
import { ORDERS_DATA_FOLDER, readSingleAppSettings } from './stack-settings.js';

// `npm run start:orders`.
process.stdout.on('error', () => undefined);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Any addresses will do to see whether the rest is valid: ours have none yet. */
const ANYWHERE = { DATABASE_URL: 'postgresql://127.0.0.1/any', KAFKA_BROKERS: '127.0.0.1:9092' };

/** What is set; empty counts as unset. */
const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));

function story(url: string): string[] {
  return [
    '',
    `The orders app is ready: ${url}`,
    `  Health   ${url}/health/ready`,
    `  Metrics  ${url}/metrics`,
    `  API      ${url}/docs`,
    '',
    '  Place an order; send it again, and the answer is the same, with `idempotent-replayed: true`. The amount is in cents.',
    `    curl -i ${url}/orders -H 'content-type: application/json' -H 'idempotency-key: order-1' -d '{"userId":"user-1","amount":4200}'`,
    '  Then see how far it has come, at the `location` of the answer. Above 500000 it is not shipped and refunded, above 1000000 not paid.',
    '  Checks that say what they do: npm run test-idempotency, npm run test-concurrent',
    '',
  ];
}

try {
  const npm = npmGone(process.env['npm_lifecycle_event'] !== undefined);
  const { port } = loadOrdersConfig({ ...ANYWHERE, ...given });
  const entry = path.join(projectRoot(), 'dist', 'apps', 'orders', 'src', 'main.js');
  say('Starting the orders app ...');
  await runSingleApp({ app: 'orders', entry, settings: readSingleAppSettings(given, port, ORDERS_DATA_FOLDER), needsKafka: true, say, ready: story }, npm);
} catch (error) {
  say(describeFailure(error));
  process.exitCode = 1;
}
