import { describe, expect, it } from '@jest/globals';
import { costsOf, costsTable } from './costs.mjs';

const scenario = { name: 'speed', metrics: { rate: 'events/s' } };
const record = (more) => ({ scenario: 'speed', case: 'fast', reference: false, metrics: { rate: 1 }, findings: {}, ...more });

describe('costsOf', () => {
  it('adds up the CPU of an app’s processes, and takes the peak memory of the largest', () => {
    const rounds = [
      record({ cpuPer1000: { dispatcher: 0.2, 'dispatcher-2': 0.1 }, peakMib: { dispatcher: 90, 'dispatcher-2': 120 }, walBytesPerEvent: 10 }),
      record({ cpuPer1000: { dispatcher: 0.4, 'dispatcher-2': 0.1 }, peakMib: { dispatcher: 80, 'dispatcher-2': 70 }, walBytesPerEvent: 30 }),
    ];
    expect(costsOf(rounds, scenario)).toMatchObject([{ case: 'fast', side: 'product', cpuMs: { dispatcher: 0.4 }, cpuMsPerEvent: 0.4, memoryMib: { dispatcher: 120 }, walBytesPerEvent: 20 }]);
  });

  it('keeps the sides apart, and names each', () => {
    const sides = costsOf([record({ rowsPerEvent: 1 }), record({ reference: true, rowsPerEvent: 2 })], { ...scenario, reference: 'before' });
    expect(sides.map(({ side, rowsPerEvent }) => [side, rowsPerEvent])).toEqual([['product', 1], ['before', 2]]);
  });
});

describe('costsTable', () => {
  it('has columns for the processes that the scenario names', () => {
    const [head, [row]] = costsTable([record({ cpuPer1000: { proxy: 0.13, kafka: 0.1 }, peakMib: { proxy: 90 } })], { ...scenario, processes: ['proxy'] });
    expect(Object.fromEntries(head.map((name, column) => [name, row[column]]))).toEqual({
      case: 'fast', '': 'product', 'CPU ms proxy': '0.13', 'CPU ms total': '0.23', 'WAL B': '', rows: '', 'Kafka B': '', 'MiB proxy': '90',
    });
  });
});
