import { isObject } from './json.js';
import type { Run } from './run.js';

/** Whether two values are the same JSON: members may be in any order. */
export function equals(one: unknown, other: unknown, run: Run): boolean {
  run.enter(1);
  const same = one === other || (Array.isArray(one) ? Array.isArray(other) && sameItems(one, other, run) : isObject(one) && isObject(other) && sameMembers(one, other, run));
  run.leave();
  return same;
}

function sameItems(one: readonly unknown[], other: readonly unknown[], run: Run): boolean {
  return one.length === other.length && one.every((item, i) => equals(item, other[i], run));
}

function sameMembers(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>, run: Run): boolean {
  const names = Object.keys(one);
  run.spend(names.length);
  return names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && equals(one[name], other[name], run));
}

const CHARACTERS_A_STEP = 4;

/** A key that equal values share, and no others: a simple value itself, or an object that stands for a composed one. */
export function uniqueKey(value: unknown, run: Run): unknown {
  if (typeof value !== 'object' || value === null) {
    run.spend(4);
    // No composed value's text begins like this.
    return typeof value === 'string' ? `"${value}` : value;
  }
  return textOf(value, run);
}

/** JSON with the members in the order of their names. */
function textOf(value: unknown, run: Run): string {
  run.enter(8);
  let text: string;
  if (Array.isArray(value)) text = `[${value.map((item) => textOf(item, run)).join(',')}]`;
  else if (isObject(value)) text = `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${textOf(value[name], run)}`).join(',')}}`;
  else text = JSON.stringify(value);
  run.spend(text.length / CHARACTERS_A_STEP);
  run.leave();
  return text;
}
