import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeResults } from './results.mjs';

const facts = { startedAt: '2026-03-04T00:00:00.000Z', machine: { cores: 2, cpu: 'a', memoryBytes: 2 ** 34, os: 'linux', node: '24' } };
const scenario = { name: 'speed', title: 'How fast', metrics: { p50Ms: 'p50 ms' }, differences: ['p50Ms'], plots: ['p50Ms'] };
const record = (round, pipeline, p50Ms, findings) => ({
  round, scenario: 'speed', case: 'fast', pipeline, reference: pipeline === 'bare', metrics: { p50Ms }, events: 1_000, refused: 0, findings, cpuPer1000: { gateway: 0.3 },
});

describe('writeResults', () => {
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lockstep-results-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('says of each side how many events were checked and what was found, for people and for programs', () => {
    const records = [record(1, 'product', 3, { lost: 0, orderBreaks: 0 }), record(1, 'bare', 2, { lost: 0, orderBreaks: 0 }), record(2, 'product', 4, { lost: 0, orderBreaks: 2 })];
    writeResults(folder, facts, [scenario], records);
    const page = readFileSync(path.join(folder, 'README.md'), 'utf8');
    expect(page).toContain('- product, 2,000 events: lost 0, order breaks 2, refused 0\n- bare, 1,000 events: lost 0, order breaks 0, refused 0\n- round 2, product, fast: !! orderBreaks 2\n');
    const { checks, costs } = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8'));
    expect(checks).toEqual([
      { scenario: 'speed', case: 'fast', pipeline: 'product', events: 2_000, findings: { lost: 0, orderBreaks: 2 }, refused: 0 },
      { scenario: 'speed', case: 'fast', pipeline: 'bare', events: 1_000, findings: { lost: 0, orderBreaks: 0 }, refused: 0 },
    ]);
    expect(costs).toMatchObject([{ scenario: 'speed', case: 'fast', side: 'product', cpuMs: { gateway: 0.3 } }, { side: 'bare' }]);
  });

  it('shows by how much a figure differs, where that is what counts', () => {
    writeResults(folder, facts, [scenario], [record(1, 'product', 3, {}), record(1, 'bare', 2, {}), record(2, 'product', 2.5, {}), record(2, 'bare', 3, {})]);
    expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toContain('| fast | p50 ms | 2.75 | 2.5 | +0.25 | −0.50–+1.00 |');
  });
});
