const MOST_CHARACTERS = 64;
/** The sum of all `{…}`. */
const MOST_REPEATS = 32;

/**
 * Why a pattern of like_regex is refused, or undefined. Postgres matches without back references and look-around by a finite
 * automaton. It goes over a text once, in time that is proportional to the automaton's size; that of `(a{200}){200}` has
 * 40,000 states.
 */
export function regexProblem(pattern: string): string | undefined {
  if ([...pattern].length > MOST_CHARACTERS) return `has more than ${MOST_CHARACTERS} characters`;
  if (/^\*\*\*/.test(pattern)) return 'must not begin with ***';
  // Two characters each, so that what follows an escaped backslash is not taken for escaped.
  if ((pattern.match(/\\./gsu) ?? []).some((escape) => /\d/.test(escape))) return 'must not have back references, such as \\1';
  const plain = pattern.replace(/\\./gsu, 'a');
  if (plain.includes('(?')) return 'must not have (?';
  let repeats = 0;
  for (const [, before, least, most] of plain.matchAll(/(.?)\{(\d*),?(\d*)/gs)) {
    if (before === ')') return 'must not repeat a group by {…}';
    repeats += Math.max(Number(least), Number(most));
  }
  return repeats > MOST_REPEATS ? `must not repeat by {…} more than ${MOST_REPEATS} times in all` : undefined;
}
