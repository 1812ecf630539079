import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { dashboardOf } from '#dev/dashboards/dashboard';
import { dashboardFiles, DASHBOARDS } from '#dev/dashboards/dashboards';
import { analyse } from '#dev/dashboards/promql';
import { projectRoot } from '#ground/config/project-root';
import { panelExpressions, ruleExpressions } from '../fixtures/expressions.js';

const folder = path.join(projectRoot(), 'deploy', 'grafana', 'dashboards');

it('the committed dashboards are what `npm run dashboards` writes', () => {
  const files = dashboardFiles();
  expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toEqual([...files.keys()].sort());
  for (const [name, content] of files) expect(readFileSync(path.join(folder, name), 'utf8')).toBe(content);
});

it.each([...panelExpressions(), ...ruleExpressions()])('$name is PromQL', ({ expression }) => {
  const { selectors, errors } = analyse(expression);
  expect(errors.map((at) => expression.slice(at, at + 20))).toEqual([]);
  expect(selectors.length).toBeGreaterThan(0);
  // One that Prometheus would evaluate for every metric.
  expect(selectors.filter(({ metric }) => metric === '')).toEqual([]);
});

it('a query over the whole time shown is asked once, not at each step of it', () => {
  const targets = DASHBOARDS.flatMap((options) => (dashboardOf(options).panels ?? []).flatMap((panel) => ('targets' in panel ? panel.targets : undefined) ?? [])) as { expr?: string; instant?: boolean; range?: boolean }[];
  const overTimeShown = targets.filter(({ expr }) => expr?.includes('$__range]'));
  expect(overTimeShown.length).toBeGreaterThan(3);
  expect(overTimeShown.filter(({ instant, range }) => instant !== true || range === true)).toEqual([]);
});
