import { describe, expect, it } from '@jest/globals';
import { cleanVerdict, verdictOf } from './mutant-verdict.js';

const mutant = { name: 'no-fence', caughtBy: ['stale write', 'order'] } as const;
const ended = (...findings: string[]): { findings: string[]; durationMs: number } => ({ findings, durationMs: 45_400 });

describe('verdictOf', () => {
  it('counts a mutant as caught only by a rule that it breaks', () => {
    expect(verdictOf(mutant, false, ended('verify: NOT balanced', 'stale write: an old epoch'))).toEqual({ passed: true, line: 'CAUGHT by stale write: no-fence (45 s)' });
    expect(verdictOf(mutant, false, ended('order of posts: #2', 'dispatcher 0 exited unexpectedly (1): stale write: order'))).toEqual({ passed: false, line: 'SURVIVED, with findings other than stale write, order: no-fence (45 s)' });
    expect(verdictOf(mutant, false, ended())).toEqual({ passed: false, line: 'SURVIVED: no-fence (45 s)' });
  });

  it('fails a control with findings', () => {
    expect(verdictOf(mutant, true, ended())).toEqual({ passed: true, line: 'no findings: no-fence (45 s)' });
    expect(verdictOf(mutant, true, ended('stuck: {}'))).toEqual({ passed: false, line: 'FALSE ALARM: no-fence (45 s)' });
  });

  it('remarks on a run of more than a minute', () => {
    expect(verdictOf(mutant, true, { findings: [], durationMs: 61_000 }).line).toBe('no findings: no-fence (61 s, more than a minute)');
  });
});

describe('cleanVerdict', () => {
  it('fails a run with findings', () => {
    expect(cleanVerdict('stall in-batch', 'FINDINGS', ended())).toEqual({ passed: true, line: 'no findings: stall in-batch (45 s)' });
    expect(cleanVerdict('stall in-batch', 'FINDINGS', ended('late: #1'))).toEqual({ passed: false, line: 'FINDINGS: stall in-batch (45 s)' });
  });
});
