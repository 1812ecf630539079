/** The headers of a stored response as it is sent again: it says that it is one, and how old (RFC 9111, 5.1). */
export function replayHeaders(kept: readonly string[], ageMs: number): string[] {
  return [...kept, 'age', String(Math.max(Math.floor(ageMs / 1_000), 0)), 'idempotent-replayed', 'true'];
}
