import { describe, expect, it } from '@jest/globals';
import { figuresOf, problemsOf, renderTable, summarize } from './summary.mjs';

const scenario = { name: 'speed', metrics: { rate: 'events/s' } };
const record = (round, reference, rate, more = {}) => ({ scenario: 'speed', case: 'fast', round, reference, metrics: { rate }, findings: {}, ...more });

describe('summarize', () => {
  it('computes the ratio of each round, and their median', () => {
    const [row] = summarize([record(1, false, 50), record(1, true, 100), record(2, false, 90), record(2, true, 100), record(3, false, 160), record(3, true, 200)], scenario);
    expect(row).toEqual({ scenario: 'speed fast', metric: 'rate', label: 'events/s', product: 90, bare: 100, reference: 100, ratio: 0.8, ratios: [0.5, 0.9, 0.8] });
  });

  it('has no ratio without a reference, and no row without a measurement', () => {
    expect(summarize([record(1, false, 50)], scenario)).toMatchObject([{ product: 50, reference: undefined, ratio: undefined, ratios: [] }]);
    expect(summarize([record(1, false, 50)], { name: 'other', metrics: { rate: 'events/s' } })).toEqual([]);
  });

  it('computes the difference of each round where the scenario asks for it', () => {
    const rounds = [record(1, false, 3), record(1, true, 2), record(2, false, 2.5), record(2, true, 3)];
    expect(summarize(rounds, { ...scenario, differences: ['rate'] })).toMatchObject([{ difference: 0.25, differences: [1, -0.5] }]);
  });

  it('names the reference as the scenario does', () => {
    expect(summarize([record(1, false, 50), record(1, true, 40)], { ...scenario, reference: 'before' })).toMatchObject([{ before: 40, ratio: 1.25 }]);
  });
});

describe('figuresOf', () => {
  it('adds up the CPU of the pipeline’s own processes', () => {
    const made = record(1, false, 50, { cpuPer1000: { gateway: 0.2, postgres: 0.3, receiver: 5, 'load-generator': 7 }, peakMib: { gateway: 90, receiver: 50 } });
    expect(figuresOf(made)).toMatchObject({ rate: 50, cpuMsPerEvent: 0.5, 'cpu gateway': 0.2, 'memory gateway': 90 });
    expect(figuresOf(made)).not.toHaveProperty('memory receiver');
  });
});

describe('problemsOf', () => {
  it('lists the findings that are not 0', () => {
    expect(problemsOf({ findings: { lost: 0, duplicates: 2 }, refused: 1 })).toBe(' !! duplicates 2, refused 1');
    expect(problemsOf({ findings: { lost: 0 } })).toBe('');
  });
});

describe('renderTable', () => {
  it('aligns the columns', () => {
    const lines = renderTable(summarize([record(1, false, 5_000), record(1, true, 6_000)], scenario)).split('\n');
    expect(lines).toEqual(['scenario    metric    product   bare  ratio  rounds', 'speed fast  events/s    5,000  6,000   0.83']);
  });
});
