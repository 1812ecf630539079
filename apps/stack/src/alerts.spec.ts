import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { projectRoot } from '#ground/config/project-root';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleTest {
  readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly { readonly value: number }[] }[];
}

const read = (file: string): string => readFileSync(path.join(projectRoot(), file), 'utf8');
const rules = parse(read('deploy/prometheus/alerts.yml')) as { groups: { rules: (Alert | { record: string })[] }[] };
const alerts = rules.groups.flatMap((group) => group.rules).filter((rule) => 'alert' in rule);
const tests = ['alerts.test.yml', 'alerts-over-hours.test.yml'].flatMap((name) => (parse(read(`deploy/prometheus/${name}`)) as { tests: RuleTest[] }).tests).flatMap((test) => test.promql_expr_test);
const headings = new Set([...read('docs/operations.md').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')));

describe.each(alerts)('$alert', ({ alert, expr, labels, annotations }) => {
  it('has a severity, a summary and a runbook', () => {
    expect(labels['severity']).toMatch(/^(critical|warning)$/);
    expect(annotations['summary']).not.toBe('');
    const [page, anchor = ''] = (annotations['runbook_url'] ?? '').split('#');
    expect([page, headings.has(anchor)]).toEqual(['docs/operations.md', true]);
  });

  it('names only labels that its series have', () => {
    const named = [...(annotations['summary'] ?? '').matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
    const kept = expr.startsWith('up{') ? ['instance', 'job'] : expr.startsWith('absent(up{job="') ? ['job'] : [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
    expect(kept).toEqual(expect.arrayContaining(named));
  });

  it('has a test in which it fires, and one in which it does not', () => {
    const values = tests.filter((test) => test.expr.includes(`"${alert}"`)).map(({ exp_samples: [sample] }) => sample?.value);
    expect(values).toEqual(expect.arrayContaining([1, 0]));
  });
});
