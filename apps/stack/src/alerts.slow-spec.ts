import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { hasPrometheus, promtool } from '../fixtures/promtool.js';

const describeIfInstalled = hasPrometheus('promtool') ? describe : describe.skip;
const file = (name: string): string => path.join(projectRoot(), 'deploy', 'prometheus', name);

describeIfInstalled('the alerts', () => {
  it('are rules that Prometheus takes', () => {
    expect(promtool(['check', 'rules', file('alerts.yml')])).toMatchObject({ exitCode: 0 });
  });

  it('fire when they should, and only then', () => {
    expect(promtool(['test', 'rules', file('alerts.test.yml')])).toEqual({ exitCode: 0, output: expect.stringContaining('SUCCESS') as unknown });
  });
});
