import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.mjs';

const now = new Date('2026-03-04T23:59:00Z');
const partsOf = (args) => readOptions(args, now).scenarios.map(({ name, parts }) => [name, parts.length]);

describe('readOptions', () => {
  it('runs all scenarios into a folder named by the day', () => {
    const { scenarios, outFolder, scale, publish } = readOptions([], now);
    expect(scenarios.length).toBeGreaterThan(10);
    expect([outFolder, scale, publish]).toEqual(['bench/runs/2026-03-04', 1, false]);
  });

  it('runs scenarios, or parts of them, by name', () => {
    expect(partsOf(['--scenario', 'latency/rate-200', '--scenario', 'end-to-end'])).toEqual([['end-to-end', 1], ['latency', 1]]);
  });

  it('takes the cases of --quick by name and writes only the --json file', () => {
    const { outFolder, cases } = readOptions(['--quick', '--scenario', 'ingest', '--json', 'f'], now);
    expect([outFolder, cases]).toEqual([undefined, ['ingest']]);
  });

  it('publishes whole scenarios only', () => {
    expect(readOptions(['--publish', '--scenario', 'latency'], now).publish).toBe(true);
    for (const args of [['--quick'], ['--seconds', '1'], ['--scale', '0.1']]) {
      expect(() => readOptions(['--publish', ...args], now)).toThrow('--publish is for whole scenarios');
    }
  });

  it('refuses invalid arguments and shows the usage', () => {
    expect(() => readOptions(['--scenario', 'speed'], now)).toThrow(/speed is none of ingest, .*scenarios: ingest/s);
    expect(() => readOptions(['--seconds', '0'], now)).toThrow('--seconds must be a whole number from 1 to 600');
    expect(() => readOptions(['--scale', '2'], now)).toThrow('--scale');
    expect(() => readOptions(['--fast'], now)).toThrow('npm run bench');
  });
});
