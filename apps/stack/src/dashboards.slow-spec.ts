import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { analyse, type Selector } from '#dev/dashboards/promql';
import { documentedMetrics } from '#dev/documentation/metrics';
import { sharedServers } from '#dev/testing/shared-servers';
import { waitUntil } from '#dev/testing/wait-until';
import { projectRoot } from '#ground/config/project-root';
import { metricsIn, seriesIn } from '../fixtures/exposition.js';
import { panelExpressions, ruleExpressions } from '../fixtures/expressions.js';
import { hasPrometheus, promtool } from '../fixtures/promtool.js';
import { WatchedSystem } from '../fixtures/watched-system.js';

/** Added by Prometheus. */
const TARGET_LABELS = ['job', 'instance'];
/** A recording rule that installations may have. */
const OPTIONAL = 'lockstep:database_limit_bytes';

let watched: WatchedSystem;
const texts = new Map<string, string>();

beforeAll(async () => {
  watched = await WatchedSystem.start(sharedServers());
  await watched.round();
  const { dispatcher, gateway } = watched.apps;
  await waitUntil('a dead letter', async () => (await dispatcher.metric('lockstep_dead_letters_total{reason="attempts_exhausted"}')) === 1, 30_000);
  await waitUntil('the records of the topic', async () => (await gateway.metric('lockstep_events_accepted_total{source="kafka",operation="record"}')) === 2, 30_000);
  await waitUntil('the lag of its source', async () => /^lockstep_source_lag_records\{/m.test(await (await fetch(`${gateway.url}/metrics`)).text()), 30_000);
  await waitUntil('the states of lanes', async () => /^lockstep_lanes\{/m.test(await (await fetch(`${dispatcher.url}/metrics`)).text()));
  for (const [name, { url }] of Object.entries(watched.apps)) texts.set(name, await (await fetch(`${url}/metrics`)).text());
});

afterAll(async () => {
  await watched.stop();
});

describe('dashboards and alerts', () => {
  it('name only metrics and labels that the system has', () => {
    const series = seriesIn([...texts.values()]);
    const recorded = new Set([...ruleExpressions().map(({ name }) => name), OPTIONAL]);
    const problemOf = ({ metric, matchers }: Selector): string[] => {
      if (metric === 'up' || recorded.has(metric)) return [];
      const labels = series.get(metric);
      if (labels === undefined) return [`no metric ${metric}`];
      return matchers.filter(({ label }) => !TARGET_LABELS.includes(label)).flatMap(({ label, operator, value }) => {
        const values = labels.get(label);
        if (values === undefined) return [`no label ${label} at ${metric}`];
        if (operator.startsWith('!')) return [];
        // Each alternative, or a misspelt one would match nothing unnoticed.
        const alternatives = operator === '=~' ? value.split('|') : [value];
        const isFound = (alternative: string): boolean => [...values].some((found) => (operator === '=' ? found === alternative : new RegExp(`^(?:${alternative})$`).test(found)));
        return alternatives.filter((alternative) => !isFound(alternative)).map((alternative) => `${metric} has no ${label}${operator}"${alternative}"`);
      });
    };
    for (const { name, expression } of [...panelExpressions(), ...ruleExpressions()]) {
      const { selectors, grouping } = analyse(expression);
      const known = new Set([...TARGET_LABELS, ...selectors.flatMap(({ metric }) => [...(series.get(metric)?.keys() ?? [])])]);
      expect([name, ...selectors.flatMap(problemOf), ...grouping.filter((label) => !known.has(label)).map((label) => `no label ${label}`)]).toEqual([name]);
    }
  });
});

describe('docs/metrics.md', () => {
  it.each(['gateway', 'dispatcher', 'proxy'] as const)('has all metrics of the %s, and no others', async (app) => {
    const documented = (await documentedMetrics(projectRoot())).filter(({ apps }) => apps.includes(app)).map(({ name }) => name);
    const reported = [...metricsIn(texts.get(app) ?? '')].filter((name) => !/^lockstep_(process|nodejs)_/.test(name));
    expect(reported.sort()).toEqual(documented.sort());
  });
});

const itIfInstalled = hasPrometheus('promtool') ? it : it.skip;

itIfInstalled("promtool finds nothing wrong with the processes' metrics", () => {
  for (const text of texts.values()) expect(promtool(['check', 'metrics'], text)).toEqual({ exitCode: 0, output: '' });
});
