import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SeedReport, SeedRun } from './report.js';
import { ReportFile } from './report-file.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-report-'));
  file = path.join(folder, 'report.json');
});

afterEach(() => rm(folder, { recursive: true }));

const runOf = (seed: number, events = 100): SeedRun => ({
  options: { seed, events, eventsPerSecond: 10, topology: { gateways: 2, dispatchers: 3 }, leaseTtlMs: 10_000, retryScheduleMs: [500] },
  schedule: [{ kind: 'kill', target: 'gateway 0', atEvent: 5, durationMs: 200, amount: undefined }],
});
const reportOf = (seed: number): SeedReport => ({ ...runOf(seed), faults: [], counts: { events: 100 }, findings: [], durationMs: 1 });
const seedsIn = async (): Promise<number[]> => (JSON.parse(await readFile(file, 'utf8')) as SeedReport[]).map(({ options }) => options.seed);

describe('ReportFile', () => {
  it('continues an interrupted run', async () => {
    new ReportFile(file).add(reportOf(2));
    const next = new ReportFile(file);
    expect(next.find(runOf(1))).toBeUndefined();
    expect(next.find(runOf(2))).toMatchObject({ counts: { events: 100 } });
    next.add(reportOf(1));
    expect(await seedsIn()).toEqual([1, 2]);
  });

  it('rejects a run of the same seed with another schedule or other options', () => {
    const report = new ReportFile(file);
    report.add(reportOf(1));
    expect(() => report.find(runOf(1, 200))).toThrow('has another run of seed 1');
    expect(() => report.find({ ...runOf(1), schedule: [] })).toThrow('has another run of seed 1');
  });

  it('does not change a file that is not a report', async () => {
    await writeFile(file, 'seed 1 was fine');
    expect(() => new ReportFile(file)).toThrow(SyntaxError);
    expect(await readFile(file, 'utf8')).toBe('seed 1 was fine');
  });
});
