import path from 'node:path';
import { loadProxyConfig } from '../../proxy/src/proxy-config.js';
import { projectRoot } from '#ground/config/project-root';
import { MockBackend } from './demo/mock-backend.js';
import { npmExit } from './npm-exit.js';
import { describeFailure } from './run-stack.js';
import { runSingleApp } from './single-app.js';
import { type EnvironmentVariables, PROXY_DATA_FOLDER, readSingleAppSettings } from './stack-settings.js';

// `npm run start:proxy`. `npm run demo:proxy` sets DEMO_PROXY=on, which adds a backend.
process.stdout.on('error', () => undefined);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Placeholder, so that the other settings can be validated before the database has an address. */
const PLACEHOLDER_DATABASE = 'postgresql://127.0.0.1/any';

/** An empty variable counts as unset. */
const configured = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));

const backend = process.env['DEMO_PROXY'] === 'on' ? new MockBackend(say) : undefined;
try {
  const npm = npmExit(process.env['npm_lifecycle_event'] !== undefined);
  const upstreamUrl = await backend?.listen();
  const environment: EnvironmentVariables = { ...configured, ...(upstreamUrl === undefined ? {} : { UPSTREAM_URL: upstreamUrl }) };
  const { port, upstreamUrl: backendUrl } = loadProxyConfig({ DATABASE_URL: PLACEHOLDER_DATABASE, ...environment });
  const entry = path.join(projectRoot(), 'dist', 'apps', 'proxy', 'src', 'main.js');
  const readyLines = (url: string): string[] => ['', `The idempotency proxy is ready: ${url} forwards to ${backendUrl}`, `  Health   ${url}/health/ready`, `  Metrics  ${url}/metrics`, ...(backend?.instructions(url) ?? []), ''];
  say('Starting the idempotency proxy ...');
  await runSingleApp({ app: 'proxy', entry, settings: readSingleAppSettings(environment, port, PROXY_DATA_FOLDER), needsKafka: false, say, readyLines }, npm);
} catch (error) {
  say(describeFailure(error));
  process.exitCode = 1;
} finally {
  await backend?.close();
}
