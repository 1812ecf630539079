import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { panelExpressions } from '../fixtures/expressions.js';
import { hasPrometheus, promtool } from '../fixtures/promtool.js';

const describeIfInstalled = hasPrometheus('promtool') ? describe : describe.skip;
const file = (name: string): string => path.join(projectRoot(), 'deploy', 'prometheus', name);

describeIfInstalled("the dashboards' expressions", () => {
  // A parser of the grammar alone does not see a rate of what is no range.
  it('are well typed', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lockstep-rules-'));
    try {
      const rules = panelExpressions().map(({ expression: expr }, i) => ({ record: `panel:${i}`, expr }));
      // JSON is YAML.
      writeFileSync(path.join(folder, 'panels.yml'), JSON.stringify({ groups: [{ name: 'panels', rules }] }));
      expect(promtool(['check', 'rules', path.join(folder, 'panels.yml')])).toMatchObject({ exitCode: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describeIfInstalled('the alerts', () => {
  it('are rules that Prometheus takes', () => {
    expect(promtool(['check', 'rules', file('alerts.yml')])).toMatchObject({ exitCode: 0 });
  });

  it('fire when they should, and only then', () => {
    expect(promtool(['test', 'rules', file('alerts.test.yml'), file('alerts-over-hours.test.yml')])).toEqual({ exitCode: 0, output: expect.stringContaining('SUCCESS') as unknown });
  });
});
