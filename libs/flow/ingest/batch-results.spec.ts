import { describe, expect, it } from '@jest/globals';
import { mintId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { BatchResults } from './batch-results.js';

const refused = (): LockstepError =>
  new LockstepError('invalid_request', 'x'.repeat(3_000), { errors: Array.from({ length: 16 }, (_, n) => ({ path: `/${n}`, message: 'y'.repeat(200) })), extensions: { id: 'evt_1' } });

describe('BatchResults', () => {
  it('stay bounded: above 1 MiB in all, refusals say less, and everything else stays', () => {
    const counted: string[] = [];
    const results = new BatchResults((code) => counted.push(code));
    for (let n = 0; n < 999; n++) results.open()(refused());
    results.open()({ id: mintId(), acceptedAt: '2026-01-01T00:00:00Z', replayed: false });
    results.stop(refused());
    const text = results.toJson();
    expect(text.length).toBeLessThan(1.3 * 1_048_576);
    const { results: read } = JSON.parse(text) as { results: { status: number; code?: string; detail?: string; id: string; errors?: unknown[] }[] };
    expect(read).toHaveLength(1_001);
    expect([read[0]?.errors?.length, read[0]?.detail?.length]).toEqual([16, 3_000]);
    expect(read[998]).toEqual({ status: 400, code: 'invalid_request', id: 'evt_1', detail: `${'x'.repeat(128)}…` });
    expect([read[999]?.status, read[1_000]?.status, counted.length]).toEqual([202, 400, 999]);
  });
});
