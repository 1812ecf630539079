import { z } from 'zod';
import { parseDurationMs } from '#domain/duration';

/** 100 ms is for tests. 10 min locks a key for as long after a crash. */
export const LEASE_BOUNDS_MS = { min: 100, max: 600_000 };
export const RETENTION_BOUNDS_MS = { min: 1_000, max: 3_650 * 86_400_000 };

/** A duration such as 10s within these bounds, in milliseconds. */
export const duration = (minMs: number, maxMs: number) =>
  z.string().transform((text, context) => {
    const durationMs = parseDurationMs(text);
    if (durationMs === undefined || durationMs < minMs || durationMs > maxMs) {
      context.addIssue({ code: 'custom', message: `must be a duration such as 500ms, 10s, 5m, 2h or 30d, from ${minMs} ms to ${maxMs} ms; got "${text}"` });
      return z.NEVER;
    }
    return durationMs;
  });
