import ajvFormats, { type FormatName } from 'ajv-formats';
import type { Budget } from './budget.js';

/** Those with a plain meaning, whose checks take time linear in the text. */
export const FORMAT_NAMES: readonly FormatName[] = ['date-time', 'date', 'time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'uri-reference', 'uuid', 'json-pointer'];

/** A longer text has no format. */
const LONGEST = 2_048;

/** The check of a format, whose work is counted. */
export function formatCheck(name: FormatName, budget: Budget): (text: string) => boolean {
  const check = checkOf(name);
  return (text) => {
    budget.spendOnText(text.length);
    return text.length <= LONGEST && check(text);
  };
}

function checkOf(name: FormatName): (text: string) => boolean {
  const format = ajvFormats.default.get(name);
  if (format instanceof RegExp) return (text) => format.test(text);
  const validate = typeof format === 'object' ? format.validate : format;
  if (!isCheck(validate)) throw new Error(`ajv-formats has no check of texts for ${name}`);
  return (text) => validate(text) === true;
}

function isCheck(value: unknown): value is (text: string) => unknown {
  return typeof value === 'function';
}
