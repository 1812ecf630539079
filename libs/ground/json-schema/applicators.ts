import { isObject, type JsonObject } from './json.js';
import type { Pattern } from './pattern/pattern.js';
import { type Check, Evaluated, type Location, type Run } from './run.js';
import { matches } from './value-checks.js';

/** How the parts of a schema become checks. */
export interface Parts {
  /** The check of a subschema. */
  readonly part: (keyword: string, ...keys: readonly (string | number)[]) => Check;
  readonly patternOf: (source: string) => Pattern;
}

/** The checks of keywords that apply subschemas, without `unevaluated…`, which come after all others. */
export function applicatorChecks(schema: JsonObject, parts: Parts): Check[] {
  return [...itemChecks(schema, parts), ...memberChecks(schema, parts), ...combinations(schema, parts)];
}

function itemChecks({ prefixItems, items, contains, minContains = 1, maxContains = Infinity }: JsonObject, { part }: Parts): Check[] {
  const checks: Check[] = [];
  const first = Array.isArray(prefixItems) ? prefixItems.map((_, i) => part('prefixItems', i)) : [];
  const rest = items === undefined ? undefined : part('items');
  if (first.length > 0 || rest !== undefined) {
    checks.push((value, run, at, evaluated) => !Array.isArray(value) || eachFits(value, (i) => first[i] ?? rest, run, at, evaluated));
  }
  if (contains !== undefined) checks.push(containsCheck(part('contains'), Number(minContains), Number(maxContains)));
  return checks;
}

function eachFits(items: readonly unknown[], checkOf: (index: number) => Check | undefined, run: Run, at: Location | undefined, evaluated: Evaluated | undefined): boolean {
  let fits = true;
  for (let i = 0; i < items.length; i++) {
    const check = checkOf(i);
    if (check === undefined) return fits;
    evaluated?.indexes.add(i);
    if (check(items[i], run, run.inside(at, i), undefined)) continue;
    fits = false;
    if (!run.collects) return false;
  }
  return fits;
}

function containsCheck(check: Check, least: number, most: number): Check {
  const counts = `must contain ${most === Infinity ? `at least ${least}` : `${least} to ${most}`} items that fit \`contains\``;
  return (value, run, at, evaluated) => {
    if (!Array.isArray(value)) return true;
    let found = 0;
    for (let i = 0; i < value.length; i++) {
      if (!run.tries(check, value[i], undefined)) continue;
      found++;
      evaluated?.indexes.add(i);
    }
    return (found >= least && found <= most) || run.fault(at, counts);
  };
}

function memberChecks(schema: JsonObject, parts: Parts): Check[] {
  const checks: Check[] = [];
  const { properties, patternProperties, additionalProperties, propertyNames } = schema;
  const named = isObject(properties) ? Object.keys(properties).map((name) => [name, parts.part('properties', name)] as const) : [];
  if (named.length > 0) checks.push(propertiesCheck(named));
  const patterns = isObject(patternProperties) ? Object.keys(patternProperties).map((source) => [parts.patternOf(source), parts.part('patternProperties', source)] as const) : [];
  const others = additionalProperties === undefined ? undefined : parts.part('additionalProperties');
  if (patterns.length > 0 || others !== undefined) checks.push(otherPropertiesCheck(new Set(named.map(([name]) => name)), patterns, others));
  if (propertyNames !== undefined) checks.push(namesCheck(parts.part('propertyNames')));
  return checks;
}

function propertiesCheck(named: readonly (readonly [string, Check])[]): Check {
  return (value, run, at, evaluated) => {
    if (!isObject(value)) return true;
    let fits = true;
    for (const [name, check] of named) {
      if (!Object.hasOwn(value, name)) continue;
      evaluated?.names.add(name);
      if (check(value[name], run, run.inside(at, name), undefined)) continue;
      fits = false;
      if (!run.collects) return false;
    }
    return fits;
  };
}

function otherPropertiesCheck(named: ReadonlySet<string>, patterns: readonly (readonly [Pattern, Check])[], others: Check | undefined): Check {
  return (value, run, at, evaluated) => {
    if (!isObject(value)) return true;
    let fits = true;
    for (const name in value) {
      run.spend(1);
      let isKnown = named.has(name);
      for (const [pattern, check] of patterns) {
        if (!matches(name, pattern, run)) continue;
        isKnown = true;
        evaluated?.names.add(name);
        if (!check(value[name], run, run.inside(at, name), undefined)) fits = false;
      }
      if (!isKnown && others !== undefined) {
        evaluated?.names.add(name);
        if (!others(value[name], run, run.inside(at, name), undefined)) fits = false;
      }
      if (!fits && !run.collects) return false;
    }
    return fits;
  };
}

function namesCheck(check: Check): Check {
  return (value, run, at) => {
    if (!isObject(value)) return true;
    let fits = true;
    for (const name in value) {
      if (run.tries(check, name, undefined)) continue;
      fits = run.fault(run.inside(at, name), 'has a name that does not fit `propertyNames`');
      if (!run.collects) return false;
    }
    return fits;
  };
}

function combinations(schema: JsonObject, { part }: Parts): Check[] {
  const checks: Check[] = [];
  const listed = (keyword: string): Check[] => (Array.isArray(schema[keyword]) ? (schema[keyword] as unknown[]).map((_, i) => part(keyword, i)) : []);
  if (schema['allOf'] !== undefined) checks.push(allOf(listed('allOf')));
  if (schema['anyOf'] !== undefined) checks.push(anyOf(listed('anyOf')));
  if (schema['oneOf'] !== undefined) checks.push(oneOf(listed('oneOf')));
  if (schema['not'] !== undefined) checks.push(not(part('not')));
  if (schema['if'] !== undefined && (schema['then'] !== undefined || schema['else'] !== undefined)) {
    checks.push(conditional(part('if'), schema['then'] === undefined ? undefined : part('then'), schema['else'] === undefined ? undefined : part('else')));
  } else if (schema['if'] !== undefined) checks.push(conditional(part('if'), undefined, undefined));
  if (isObject(schema['dependentSchemas'])) checks.push(dependentSchemas(Object.keys(schema['dependentSchemas']).map((name) => [name, part('dependentSchemas', name)] as const)));
  return checks;
}

/** Applies schemas to the same value. */
export function allOf(checks: readonly Check[]): Check {
  return (value, run, at, evaluated) => {
    let fits = true;
    for (const check of checks) {
      if (check(value, run, at, evaluated)) continue;
      fits = false;
      if (!run.collects) return false;
    }
    return fits;
  };
}

/** Whether the value fits an alternative, whose evaluated parts then count. */
function takes(check: Check, value: unknown, run: Run, evaluated: Evaluated | undefined): boolean {
  if (evaluated === undefined) return run.tries(check, value, undefined);
  const own = new Evaluated();
  if (!run.tries(check, value, own)) return false;
  evaluated.add(own, run);
  return true;
}

function anyOf(checks: readonly Check[]): Check {
  return (value, run, at, evaluated) => {
    let fits = false;
    for (const check of checks) {
      if (!takes(check, value, run, evaluated)) continue;
      fits = true;
      if (evaluated === undefined) return true;
    }
    return fits || run.fault(at, 'fits none of the schemas in `anyOf`');
  };
}

function oneOf(checks: readonly Check[]): Check {
  return (value, run, at, evaluated) => {
    let fitting = 0;
    for (const check of checks) if (takes(check, value, run, evaluated)) fitting++;
    return fitting === 1 || run.fault(at, fitting === 0 ? 'fits none of the schemas in `oneOf`' : `fits ${fitting} of the schemas in \`oneOf\`, of which it must fit one`);
  };
}

function not(check: Check): Check {
  // With a record of its own: what a subschema evaluates decides whether it fits.
  return (value, run, at) => !run.tries(check, value, undefined) || run.fault(at, 'fits the schema in `not`');
}

function conditional(condition: Check, then: Check | undefined, otherwise: Check | undefined): Check {
  return (value, run, at, evaluated) => {
    const next = takes(condition, value, run, evaluated) ? then : otherwise;
    return next === undefined || next(value, run, at, evaluated);
  };
}

function dependentSchemas(named: readonly (readonly [string, Check])[]): Check {
  return (value, run, at, evaluated) => {
    if (!isObject(value)) return true;
    let fits = true;
    for (const [name, check] of named) if (Object.hasOwn(value, name) && !check(value, run, at, evaluated)) fits = false;
    return fits;
  };
}
