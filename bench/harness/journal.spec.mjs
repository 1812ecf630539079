import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Journal } from './journal.mjs';

describe('Journal', () => {
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lockstep-journal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('continues an interrupted run', () => {
    new Journal(folder, { build: 'a' }).add('latency product 1', [{ n: 1 }]);
    const journal = new Journal(folder, { build: 'a' });
    expect([journal.has('latency product 1'), journal.has('latency bare 1')]).toEqual([true, false]);
    journal.add('latency bare 1', [{ n: 2 }]);
    expect(new Journal(folder, { build: 'a' }).records).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('keeps the date of the first run', () => {
    new Journal(folder, { build: 'a' }, '2026-03-04T12:00:00.000Z').add('one', []);
    expect(new Journal(folder, { build: 'a' }, '2026-03-05T12:00:00.000Z').startedAt).toBe('2026-03-04T12:00:00.000Z');
  });

  it('ignores a line that was cut off, and appends after the last whole one', () => {
    new Journal(folder, { build: 'a' }).add('one', [{ n: 1 }]);
    appendFileSync(path.join(folder, 'rounds.jsonl'), '{"key":"two","rec');
    new Journal(folder, { build: 'a' }).add('three', [{ n: 3 }]);
    expect(new Journal(folder, { build: 'a' }).records).toEqual([{ n: 1 }, { n: 3 }]);
  });

  it('refuses a folder with figures of another build', () => {
    new Journal(folder, { build: 'a', seconds: 5 }).add('one', []);
    expect(() => new Journal(folder, { build: 'b', seconds: 5 })).toThrow('figures with another build');
  });

  it('works without a folder', () => {
    const journal = new Journal(undefined, {});
    journal.add('one', [{ n: 1 }]);
    expect(journal.records).toEqual([{ n: 1 }]);
  });
});
