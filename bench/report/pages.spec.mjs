import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeIndex, writePages, writeResults } from './pages.mjs';

const facts = { startedAt: '2026-03-04T00:00:00.000Z', machine: { cores: 2, cpu: 'a', memoryBytes: 2 ** 34, os: 'linux', node: '24' } };
const scenario = { name: 'speed', title: 'How fast', metrics: { p50Ms: 'p50 ms' }, differences: ['p50Ms'], plots: ['p50Ms'] };
const record = (round, pipeline, p50Ms, findings) => ({
  round, scenario: 'speed', case: 'fast', pipeline, reference: pipeline === 'bare', metrics: { p50Ms }, events: 1_000, refused: 0, findings, cpuPer1000: { gateway: 0.3 },
});

let folder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lockstep-results-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const read = (name) => readFileSync(path.join(folder, name), 'utf8');

describe('writePages', () => {
  it('shows the difference of a figure where the scenario asks for it', () => {
    writePages(folder, facts, [scenario], [record(1, 'product', 3, {}), record(1, 'bare', 2, {}), record(2, 'product', 2.5, {}), record(2, 'bare', 3, {})]);
    expect(read('speed.md')).toContain('| fast | p50 ms | 2.75 | 2.5 | +0.25 | −0.50–+1.00 |');
    expect(read('speed.svg')).toMatch(/^<svg /);
  });

  it('says how many events were checked on each side, and what was found', () => {
    writePages(folder, facts, [scenario], [record(1, 'product', 3, { lost: 0, orderBreaks: 0 }), record(1, 'bare', 2, { lost: 0, orderBreaks: 0 }), record(2, 'product', 4, { lost: 0, orderBreaks: 2 })]);
    expect(read('speed.md')).toContain('- product, 2,000 events: lost 0, order breaks 2, refused 0\n- bare, 1,000 events: lost 0, order breaks 0, refused 0\n- round 2, product, fast: !! orderBreaks 2\n');
  });
});

describe('writeIndex', () => {
  it('lists every scenario that has a page, of this run or of an earlier one, with its date', () => {
    const other = { ...scenario, name: 'cost', title: 'How dear' };
    writePages(folder, { ...facts, startedAt: '2026-02-01T00:00:00.000Z' }, [other], [{ ...record(1, 'product', 3, {}), scenario: 'cost' }]);
    writePages(folder, facts, [other, scenario], [record(1, 'product', 3, {})]);
    writeIndex(folder, [other, scenario, { ...scenario, name: 'unmeasured' }]);
    expect(read('README.md')).toContain('| [cost](cost.md) | 2026-02-01 | How dear |\n| [speed](speed.md) | 2026-03-04 | How fast |\n');
    expect(read('README.md')).not.toContain('unmeasured');
  });
});

describe('writeResults', () => {
  it('has the checks and costs of each case and side', () => {
    writeResults(folder, facts, [scenario], [record(1, 'product', 3, { lost: 0 }), record(1, 'bare', 2, { lost: 0 }), record(2, 'product', 4, { lost: 2 })]);
    const { checks, costs } = JSON.parse(read('results.json'));
    expect(checks).toEqual([
      { scenario: 'speed', case: 'fast', pipeline: 'product', events: 2_000, findings: { lost: 2 }, refused: 0 },
      { scenario: 'speed', case: 'fast', pipeline: 'bare', events: 1_000, findings: { lost: 0 }, refused: 0 },
    ]);
    expect(costs).toMatchObject([{ scenario: 'speed', case: 'fast', side: 'product', cpuMs: { gateway: 0.3 } }, { side: 'bare' }]);
  });
});
