/**
 * The headers of a replay: those of the stored response, `Idempotent-Replayed`, and `Age`, which is the time since the
 * response was stored plus the age that it came with (RFC 9111, 4.2.3 and 5.1).
 */
export function replayHeaders(kept: readonly string[], ageMs: number): string[] {
  const headers: string[] = [];
  let cameWith: string | undefined;
  for (let i = 0; i < kept.length; i += 2) {
    const { [i]: name = '', [i + 1]: value = '' } = kept;
    if (name === 'age') cameWith ??= value;
    else headers.push(name, value);
  }
  const initialSeconds = /^\d{1,9}$/.test(cameWith ?? '') ? Number(cameWith) : 0;
  headers.push('age', String(initialSeconds + Math.max(Math.floor(ageMs / 1_000), 0)), 'idempotent-replayed', 'true');
  return headers;
}
