import { describe, expect, it } from '@jest/globals';
import { quietVerdict, verdictOf } from './mutant-verdict.js';

const mutant = { name: 'no-fence', caughtBy: ['witness', 'order'] } as const;
const ended = (...findings: string[]): { findings: string[]; durationMs: number } => ({ findings, durationMs: 45_400 });

describe('verdictOf', () => {
  it('lets a mutant be caught only by what it breaks', () => {
    expect(verdictOf(mutant, false, ended('verify: NOT balanced', 'witness: an old epoch'))).toEqual({ passed: true, line: 'CAUGHT by witness: no-fence (45 s)' });
    expect(verdictOf(mutant, false, ended('order of posts: #2', 'dispatcher 0 ended by itself (1): witness: order'))).toEqual({ passed: false, line: 'SURVIVED, with findings other than witness, order: no-fence (45 s)' });
    expect(verdictOf(mutant, false, ended())).toEqual({ passed: false, line: 'SURVIVED: no-fence (45 s)' });
  });

  it('lets nothing be found in a control', () => {
    expect(verdictOf(mutant, true, ended())).toEqual({ passed: true, line: 'quiet: no-fence (45 s)' });
    expect(verdictOf(mutant, true, ended('stuck: {}'))).toEqual({ passed: false, line: 'FALSE ALARM: no-fence (45 s)' });
  });

  it('says when it took more than a minute', () => {
    expect(verdictOf(mutant, true, { findings: [], durationMs: 61_000 }).line).toBe('quiet: no-fence (61 s, more than a minute)');
  });
});

describe('quietVerdict', () => {
  it('lets nothing be found', () => {
    expect(quietVerdict('stall in-batch', 'NOT QUIET', ended())).toEqual({ passed: true, line: 'quiet: stall in-batch (45 s)' });
    expect(quietVerdict('stall in-batch', 'NOT QUIET', ended('late: #1'))).toEqual({ passed: false, line: 'NOT QUIET: stall in-batch (45 s)' });
  });
});
