import { describe, expect, it } from '@jest/globals';
import { mintId } from './ids.js';
import { clientSpanIdOf, isSampled, spanIdOf, traceIdOf, traceparentOfSpan } from './trace-context.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SAMPLED = `00-${TRACE}-b7ad6b7169203331-01`;
const NOT_SAMPLED = `00-${TRACE}-b7ad6b7169203331-00`;

describe('the trace of an event', () => {
  it('is the client\'s, under its span', () => {
    expect([traceIdOf(mintId(), SAMPLED), clientSpanIdOf(SAMPLED)]).toEqual([TRACE, 'b7ad6b7169203331']);
  });

  it.each([null, undefined])('has the id of the event, and no parent, without a traceparent (%s)', (traceparent) => {
    const id = mintId();
    expect([traceIdOf(id, traceparent), clientSpanIdOf(traceparent)]).toEqual([id.replaceAll('-', ''), undefined]);
  });

  it('has spans with ids of their own, which differ from those of other events', () => {
    const ids = Array.from({ length: 1_000 }, mintId);
    const spans = ids.flatMap((id) => (['accept', 'publish', 'process'] as const).map((stage) => spanIdOf(id, stage)));
    expect(new Set(spans).size).toBe(3_000);
    expect(spans.filter((span) => !/^(?!0{16})[0-9a-f]{16}$/.test(span))).toEqual([]);
    expect(spanIdOf(ids[0] ?? '', 'accept')).toBe((ids[0] ?? '').replaceAll('-', '').slice(16));
  });

  it('goes on in the traceparent of a span', () => {
    expect(traceparentOfSpan({ traceId: TRACE, spanId: 'b7ad6b7169203331' })).toBe(SAMPLED);
  });
});

describe('sampling', () => {
  it.each([0, 0.01, 0.25, 1])('records a share of %d of the events without a traceparent', (ratio) => {
    const sampled = Array.from({ length: 40_000 }, mintId).filter((id) => isSampled(id, null, ratio)).length;
    // Five standard deviations.
    const tolerance = 5 * Math.sqrt(40_000 * ratio * (1 - ratio));
    expect(Math.abs(sampled - 40_000 * ratio)).toBeLessThanOrEqual(tolerance);
  });

  it('records nothing of a client that says "not sampled"', () => {
    expect(isSampled(mintId(), NOT_SAMPLED, 1)).toBe(false);
    expect(isSampled(mintId(), SAMPLED, 1)).toBe(true);
  });

  it.each(['00000000000000000000000000000000', TRACE, 'ffffffffffffffffffffffffffffffff'])('records no larger share of a client that says "sampled", whatever its trace id (%s)', (traceId) => {
    const sampled = Array.from({ length: 40_000 }, mintId).filter((id) => isSampled(id, `00-${traceId}-b7ad6b7169203331-01`, 0.01)).length;
    expect(Math.abs(sampled - 400)).toBeLessThanOrEqual(5 * Math.sqrt(400));
  });
});
