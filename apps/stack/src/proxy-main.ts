import path from 'node:path';
import { loadProxyConfig } from '../../proxy/src/proxy-config.js';
import { projectRoot } from '#ground/config/project-root';
import { MockBackend } from './demo/mock-backend.js';
import { npmGone } from './npm-watch.js';
import { describeFailure } from './run-stack.js';
import { runSingleApp } from './single-app.js';
import { type EnvironmentVariables, PROXY_DATA_FOLDER, readSingleAppSettings } from './stack-settings.js';

// `npm run start:proxy`, and with DEMO_PROXY=on, as `npm run demo:proxy` sets it, a backend to try it with.
process.stdout.on('error', () => undefined);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Any database will do to see whether the rest is valid: ours has no address yet. */
const ANY_DATABASE = 'postgresql://127.0.0.1/any';

/** What is set; empty counts as unset. */
const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));

const backend = process.env['DEMO_PROXY'] === 'on' ? new MockBackend(say) : undefined;
try {
  const npm = npmGone(process.env['npm_lifecycle_event'] !== undefined);
  const upstreamUrl = await backend?.listen();
  const environment: EnvironmentVariables = { ...given, ...(upstreamUrl === undefined ? {} : { UPSTREAM_URL: upstreamUrl }) };
  const { port, upstreamUrl: forwardsTo } = loadProxyConfig({ DATABASE_URL: ANY_DATABASE, ...environment });
  const entry = path.join(projectRoot(), 'dist', 'apps', 'proxy', 'src', 'main.js');
  const ready = (url: string): string[] => ['', `The idempotency proxy is ready: ${url} stands in front of ${forwardsTo}`, `  Health   ${url}/health/ready`, `  Metrics  ${url}/metrics`, ...(backend?.story(url) ?? []), ''];
  say('Starting the idempotency proxy ...');
  await runSingleApp({ app: 'proxy', entry, settings: readSingleAppSettings(environment, port, PROXY_DATA_FOLDER), needsKafka: false, say, ready }, npm);
} catch (error) {
  say(describeFailure(error));
  process.exitCode = 1;
} finally {
  await backend?.close();
}
