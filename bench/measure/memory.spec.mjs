import { describe, expect, it } from '@jest/globals';
import { parseStatus, residentKib } from './memory.mjs';

describe('parseStatus', () => {
  it('reads resident memory by kind', () => {
    expect(parseStatus('Name:\tpostgres\nVmRSS:\t   21500 kB\nRssAnon:\t    1500 kB\nRssFile:\t   10000 kB\nRssShmem:\t   10000 kB\n')).toEqual({ own: 1_500, file: 10_000, shared: 10_000 });
  });

  it('reads 0 for a kernel thread, which has no such lines', () => {
    expect(parseStatus('Name:\tkworker\n')).toEqual({ own: 0, file: 0, shared: 0 });
  });
});

describe('residentKib', () => {
  it('counts shared memory once', () => {
    expect(residentKib([{ own: 100, file: 50, shared: 200 }, { own: 10, file: 60, shared: 20 }])).toBe(100 + 10 + 60 + 200);
    expect(residentKib([])).toBe(0);
  });
});
