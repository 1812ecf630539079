import { equals, uniqueKey } from './equality.js';
import { formatCheck } from './formats.js';
import type { JsonObject } from './json.js';
import { isObject } from './json.js';
import type { Pattern } from './pattern/pattern.js';
import type { Check, Run } from './run.js';

/** Characters that one step looks at. */
const CHARACTERS_A_STEP = 4;
const FORMAT_STEPS = 4;
/** Of a list of allowed values in a message. */
const LONGEST_LIST = 200;

/** The checks of keywords that have no subschemas, in the order in which they are cheap. */
export function valueChecks(schema: JsonObject, patternOf: (source: string) => Pattern): Check[] {
  return [...typeChecks(schema), ...numberChecks(schema), ...textChecks(schema, patternOf), ...sizeChecks(schema), ...memberChecks(schema), ...constantChecks(schema)];
}

type TypeTest = (value: unknown) => boolean;

const TYPE_TESTS: Readonly<Record<string, TypeTest>> = {
  array: Array.isArray,
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  null: (value) => value === null,
  number: (value) => typeof value === 'number',
  object: isObject,
  string: (value) => typeof value === 'string',
};

function typeChecks({ type }: JsonObject): Check[] {
  if (type === undefined) return [];
  const names = [type].flat().map(String);
  const tests = names.map((name) => TYPE_TESTS[name]).filter((test) => test !== undefined);
  const message = `must be ${names.join(' or ')}`;
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return [(value, run, at) => only(value) || run.fault(at, message)];
  return [(value, run, at) => tests.some((test) => test(value)) || run.fault(at, message)];
}

function numberChecks(schema: JsonObject): Check[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  return [
    ...onNumbers(minimum, (value, limit) => value >= limit, 'must be at least'),
    ...onNumbers(maximum, (value, limit) => value <= limit, 'must be at most'),
    ...onNumbers(exclusiveMinimum, (value, limit) => value > limit, 'must be greater than'),
    ...onNumbers(exclusiveMaximum, (value, limit) => value < limit, 'must be less than'),
    ...onNumbers(multipleOf, isMultiple, 'must be a multiple of'),
  ];
}

function onNumbers(limit: unknown, fits: (value: number, limit: number) => boolean, words: string): Check[] {
  if (typeof limit !== 'number') return [];
  return [(value, run, at) => typeof value !== 'number' || fits(value, limit) || run.fault(at, `${words} ${limit}`)];
}

/** 19.99 is a multiple of 0.01, although neither is exact as a binary number. */
function isMultiple(value: number, divisor: number): boolean {
  const quotient = value / divisor;
  if (!Number.isFinite(quotient)) return value % divisor === 0;
  return Math.abs(quotient - Math.round(quotient)) <= 4 * Number.EPSILON * Math.abs(quotient);
}

function textChecks({ minLength, maxLength, pattern, format }: JsonObject, patternOf: (source: string) => Pattern): Check[] {
  const checks: Check[] = [];
  if (typeof minLength === 'number') checks.push(onTexts((text, run) => text.length >= 2 * minLength || (text.length >= minLength && lengthOf(text, run) >= minLength), `must have at least ${minLength} characters`));
  if (typeof maxLength === 'number') checks.push(onTexts((text, run) => text.length <= maxLength || (text.length <= 2 * maxLength && lengthOf(text, run) <= maxLength), `must have at most ${maxLength} characters`));
  if (typeof pattern === 'string') {
    const compiled = patternOf(pattern);
    checks.push(onTexts((text, run) => matches(text, compiled, run), `must match the pattern ${pattern}`));
  }
  const hasFormat = typeof format === 'string' ? formatCheck(format) : undefined;
  if (hasFormat !== undefined) checks.push(onTexts((text, run) => (run.spend(FORMAT_STEPS + text.length / CHARACTERS_A_STEP), hasFormat(text)), `must have the format ${String(format)}`));
  return checks;
}

function onTexts(fits: (text: string, run: Run) => boolean, message: string): Check {
  return (value, run, at) => typeof value !== 'string' || fits(value, run) || run.fault(at, message);
}

/** In characters: a string's length in JavaScript is in UTF-16 units. */
function lengthOf(text: string, run: Run): number {
  run.spend(text.length / CHARACTERS_A_STEP);
  let pairs = 0;
  for (let i = 0; i < text.length; i++) {
    if ((text.codePointAt(i) ?? 0) <= 0xffff) continue;
    pairs++;
    i++;
  }
  return text.length - pairs;
}

/** Whether a pattern is found in a text, at a cost that is known before. */
export function matches(text: string, { test }: Pattern, run: Run): boolean {
  run.spend(1 + text.length / CHARACTERS_A_STEP);
  return test(text);
}

function sizeChecks(schema: JsonObject): Check[] {
  const { minItems, maxItems, minProperties, maxProperties, uniqueItems } = schema;
  const checks: Check[] = [];
  if (typeof minItems === 'number') checks.push((value, run, at) => !Array.isArray(value) || value.length >= minItems || run.fault(at, `must have at least ${minItems} items`));
  if (typeof maxItems === 'number') checks.push((value, run, at) => !Array.isArray(value) || value.length <= maxItems || run.fault(at, `must have at most ${maxItems} items`));
  if (typeof minProperties === 'number') checks.push((value, run, at) => !isObject(value) || sizeOf(value, run) >= minProperties || run.fault(at, `must have at least ${minProperties} members`));
  if (typeof maxProperties === 'number') checks.push((value, run, at) => !isObject(value) || sizeOf(value, run) <= maxProperties || run.fault(at, `must have at most ${maxProperties} members`));
  if (uniqueItems === true) checks.push((value, run, at) => !Array.isArray(value) || isUnique(value, run) || run.fault(at, 'must not have equal items'));
  return checks;
}

function sizeOf(value: JsonObject, run: Run): number {
  const { length } = Object.keys(value);
  run.spend(length);
  return length;
}

function isUnique(items: readonly unknown[], run: Run): boolean {
  const seen = new Set<unknown>();
  for (const item of items) {
    const key = uniqueKey(item, run);
    if (seen.has(key)) return false;
    seen.add(key);
  }
  return true;
}

function memberChecks({ required, dependentRequired }: JsonObject): Check[] {
  const checks: Check[] = [];
  if (Array.isArray(required)) checks.push((value, run, at) => !isObject(value) || hasAll(value, required as string[], run, at, 'is missing'));
  if (isObject(dependentRequired)) {
    const entries = Object.entries(dependentRequired) as [string, string[]][];
    checks.push((value, run, at) => {
      if (!isObject(value)) return true;
      let fits = true;
      for (const [name, needed] of entries) {
        if (Object.hasOwn(value, name) && !hasAll(value, needed, run, at, `is missing, though there is ${name}`)) fits = false;
      }
      return fits;
    });
  }
  return checks;
}

function hasAll(value: JsonObject, names: readonly string[], run: Run, at: Parameters<Check>[2], message: string): boolean {
  let fits = true;
  for (const name of names) if (!Object.hasOwn(value, name)) fits = run.fault(run.inside(at, name), message);
  return fits;
}

function constantChecks(schema: JsonObject): Check[] {
  const checks: Check[] = [];
  if (Array.isArray(schema['enum'])) checks.push(oneOfConstants(schema['enum']));
  if (Object.hasOwn(schema, 'const')) checks.push(oneOfConstants([schema['const']]));
  return checks;
}

function oneOfConstants(constants: readonly unknown[]): Check {
  const simple = new Set(constants.filter((each) => typeof each !== 'object' || each === null));
  const complex = constants.filter((each) => typeof each === 'object' && each !== null);
  const list = JSON.stringify(constants).slice(1, -1);
  const message = list.length > LONGEST_LIST ? 'must be one of the values that the schema lists' : `must be ${constants.length > 1 ? 'one of ' : ''}${list}`;
  return (value, run, at) => simple.has(value) || (typeof value === 'object' && value !== null && complex.some((each) => equals(each, value, run))) || run.fault(at, message);
}

/** Work of the schema's own lists for each value, in steps. */
export function ownSteps({ required, dependentRequired, properties, dependentSchemas }: JsonObject): number {
  const needed = isObject(dependentRequired) ? Object.values(dependentRequired).flat() : [];
  return 1 + (Array.isArray(required) ? required.length : 0) + needed.length + [properties, dependentSchemas].flatMap((each) => (isObject(each) ? Object.keys(each) : [])).length;
}
