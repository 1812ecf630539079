import { UNIT_MS } from './duration.js';

/** Matches the durations of at most `limitMs`, without leading zeros, and nothing else. For schemas. */
export function durationsUpTo(limitMs: number): RegExp {
  return durationsBetween(0, limitMs);
}

/** Matches the durations from `leastMs` to `limitMs`, without leading zeros, and nothing else. For schemas. */
export function durationsBetween(leastMs: number, limitMs: number): RegExp {
  const amounts = Object.entries(UNIT_MS).flatMap(([unit, unitMs]) => {
    const numerals = numeralsBetween(Math.ceil(leastMs / unitMs), Math.floor(limitMs / unitMs));
    return numerals.length === 0 ? [] : [`(?:${numerals.join('|')})${unit}`];
  });
  return new RegExp(`^(?:${amounts.join('|')})$`);
}

/** Sources of regular expressions for the whole numbers from `least` to `limit`, by their length. */
function numeralsBetween(least: number, limit: number): string[] {
  const lengths = Array.from({ length: String(limit).length }, (_, i) => i + 1);
  return lengths.flatMap((length) => {
    const [first, last] = [Math.max(least, length === 1 ? 0 : 10 ** (length - 1)), Math.min(limit, 10 ** length - 1)];
    return first <= last ? numeralsOfLength(String(first), String(last)) : [];
  });
}

/** The numerals from `first` to `last`, which have the same length. */
function numeralsOfLength(first: string, last: string): string[] {
  const rest = first.length - 1;
  if (rest === -1) return [''];
  if (/^0*$/.test(first) && /^9*$/.test(last)) return [`[0-9]{${rest + 1}}`];
  const [low, high] = [Number(first[0]), Number(last[0])];
  if (low === high) return numeralsOfLength(first.slice(1), last.slice(1)).map((tail) => `${low}${tail}`);
  return [
    ...numeralsOfLength(first.slice(1), '9'.repeat(rest)).map((tail) => `${low}${tail}`),
    ...(high - low > 1 ? [`[${low + 1}-${high - 1}][0-9]{${rest}}`] : []),
    ...numeralsOfLength('0'.repeat(rest), last.slice(1)).map((tail) => `${high}${tail}`),
  ];
}
