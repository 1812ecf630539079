import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { documentedMetrics } from './metrics.js';
import { metricsPage } from './metrics-page.js';

const root = projectRoot();

it('docs/metrics.md is what `npm run metrics:docs` writes', async () => {
  expect(readFileSync(path.join(root, 'docs', 'metrics.md'), 'utf8')).toBe(await metricsPage(root));
});

it("counters with labels begin with 0, unless their values depend on the configuration, or on requests", async () => {
  const metrics = await documentedMetrics(root);
  const open = metrics.filter(({ type, labels }) => type === 'counter' && labels.some(({ values }) => values.length === 0)).map(({ name }) => name);
  expect(open.sort()).toEqual(['lockstep_idempotency_requests_total', 'lockstep_orphaned_retry_tokens_total', 'lockstep_relayed_records_total', 'lockstep_retries_total']);
});

it('the documentation names only metrics that there are', async () => {
  const known = new Set((await documentedMetrics(root)).map(({ name }) => name));
  const named = globSync('{README.md,docs/**/*.md,deploy/**/*.md,bench/**/*.md}', { cwd: root }).flatMap((page) =>
    [...readFileSync(path.join(root, page), 'utf8').matchAll(/`(lockstep_[a-z_]+)(?:\{[^`]*)?`/g)].map(([, name = '']) => `${page}: ${name}`));
  expect(named.filter((line) => !known.has(line.split(': ')[1] ?? ''))).toEqual([]);
  expect(named.length).toBeGreaterThan(100);
});

it('names and help texts follow the conventions of Prometheus and OpenMetrics', async () => {
  const metrics = await documentedMetrics(root);
  expect(metrics.length).toBeGreaterThan(80);
  expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
  for (const { name, type, help, labels, apps } of metrics) {
    expect(name).toMatch(/^lockstep_[a-z0-9]+(_[a-z0-9]+)+$|^lockstep_(lanes|breakers|shards)$/);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    // Base units, spelled out and in the plural; no name says its type.
    expect(name).not.toMatch(/_(ms|millis|milliseconds|minutes|hours|days|kb|mb|percent|second|byte|size|count|sum|bucket|info|gauge|histogram)(_|$)/);
    expect([name, help]).toEqual([name, expect.stringMatching(/^[A-Z].{15,}[^.]$/)]);
    expect(labels.map((label) => label.name).filter((label) => !/^[a-z]+$/.test(label) || ['le', 'quantile', 'tenant', 'endpoint', 'entity', 'job', 'instance'].includes(label))).toEqual([]);
    expect([name, apps.length]).toEqual([name, expect.any(Number)]);
    expect(apps).not.toEqual([]);
  }
});
