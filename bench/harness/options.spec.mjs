import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.mjs';

const now = new Date('2026-03-04T23:59:00Z');
const partsOf = (args) => readOptions(args, now).scenarios.map(({ name, parts }) => [name, parts.length]);

describe('readOptions', () => {
  it('runs all scenarios into a folder of the day', () => {
    const { scenarios, outFolder, scale } = readOptions([], now);
    expect(scenarios.length).toBeGreaterThan(10);
    expect([outFolder, scale]).toEqual(['docs/benchmarks/2026-03-04', 1]);
  });

  it('runs scenarios, or parts of them, by name', () => {
    expect(partsOf(['--scenario', 'latency/rate-200', '--scenario', 'end-to-end'])).toEqual([['end-to-end', 1], ['latency', 1]]);
  });

  it('writes nowhere but to --json with --quick, whose scenarios are its cases', () => {
    const { outFolder, cases } = readOptions(['--quick', '--scenario', 'ingest', '--json', 'f'], now);
    expect([outFolder, cases]).toEqual([undefined, ['ingest']]);
  });

  it('says what it knows when it is asked for something else', () => {
    expect(() => readOptions(['--scenario', 'speed'], now)).toThrow(/speed is none of ingest, .*scenarios: ingest/s);
    expect(() => readOptions(['--seconds', '0'], now)).toThrow('--seconds must be a whole number from 1 to 600');
    expect(() => readOptions(['--scale', '2'], now)).toThrow('--scale');
    expect(() => readOptions(['--fast'], now)).toThrow('npm run bench');
  });
});
