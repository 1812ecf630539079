import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { environmentSchema } from '#ground/config/environment';
import { projectRoot } from '#ground/config/project-root';

const read = (file: string): string => readFileSync(path.join(projectRoot(), file), 'utf8');
const chart = parse(read('deploy/helm/Chart.yaml')) as { version: string; appVersion: string };
const schema = JSON.parse(read('deploy/helm/values.schema.json')) as { properties: { config: { properties: Record<string, unknown> } } };

test('the chart has the version of the release', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  expect(chart).toMatchObject({ version, appVersion: version });
});

test('the chart takes every setting but those that it decides itself, secrets, and those of npm start', () => {
  const decided = ['PORT', 'MANAGEMENT_PORT', 'LOCKSTEP_DRAIN_TIMEOUT', 'UPSTREAM_URL', 'LOCKSTEP_PROXY_ROUTES'];
  const secrets = ['DATABASE_URL', 'LOCKSTEP_ADMIN_KEY', 'LOCKSTEP_SECRET_KEY', 'LOCKSTEP_SECRET_KEY_OLD', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD', 'OTEL_EXPORTER_OTLP_HEADERS', 'STRIPE_WEBHOOK_SECRET', 'WEBHOOKSECRET'];
  const forNpmStart = ['LOCKSTEP_GATEWAYS', 'LOCKSTEP_DISPATCHERS', 'LOCKSTEP_DEMO', 'LOCKSTEP_DATA_DIR'];
  const taken = Object.keys(environmentSchema.shape).filter((name) => ![...decided, ...secrets, ...forNpmStart].includes(name));
  expect(Object.keys(schema.properties.config.properties).sort()).toEqual(taken.sort());
});

test('the chart has the alerts of deploy/prometheus, or neither has any (npm run chart:rules copies them)', () => {
  const [alerts, copy] = ['deploy/prometheus/alerts.yml', 'deploy/helm/files/alerts.yml'].map((file) => (existsSync(path.join(projectRoot(), file)) ? read(file) : undefined));
  expect(copy).toBe(alerts);
});
