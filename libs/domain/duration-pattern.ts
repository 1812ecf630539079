import { UNIT_MS } from './duration.js';

/** Matches the durations of at most `limitMs`, without leading zeros, and nothing else. For schemas. */
export function durationsUpTo(limitMs: number): RegExp {
  const amounts = Object.entries(UNIT_MS).map(([unit, unitMs]) => `(?:${numeralsUpTo(Math.floor(limitMs / unitMs))})${unit}`);
  return new RegExp(`^(?:${amounts.join('|')})$`);
}

/** The source of a regular expression for the whole numbers from 0 to `limit`. */
function numeralsUpTo(limit: number): string {
  const digits = [...String(limit)].map(Number);
  // Those with the same first digits, a lower one next, and any others.
  const lower = digits.flatMap((digit, i) => {
    const lowest = i === 0 && digits.length > 1 ? 1 : 0;
    return digit > lowest ? [`${digits.slice(0, i).join('')}[${lowest}-${digit - 1}][0-9]{${digits.length - 1 - i}}`] : [];
  });
  const shorter = digits.length > 1 ? ['0', `[1-9][0-9]{0,${digits.length - 2}}`] : [];
  return [...shorter, ...lower, String(limit)].join('|');
}
