import { allOf, applicatorChecks } from './applicators.js';
import { IN_PLACE } from './keywords.js';
import { isObject, isSchema, type JsonObject, type Schema } from './json.js';
import { Effort } from './pattern/effort.js';
import { compilePattern, type Pattern } from './pattern/pattern.js';
import { type Check, Evaluated, type Fault, GivenUpError, type Location, Run } from './run.js';
import { type Reference, type Resource, SchemaMap } from './schema-map.js';
import { pointerTo, SchemaError } from './schema-error.js';
import { ownSteps, valueChecks } from './value-checks.js';

/** A schema that is ready to check values. */
export interface CompiledSchema {
  /**
   * What does not fit, at most 20 faults; undefined if the value fits. A value may take 10,000 steps and one for each of
   * its bytes, at some 20 ns each; one that takes more does not fit.
   * @param bytes of the value as JSON
   */
  faultsOf(value: unknown, bytes: number): readonly Fault[] | undefined;
}

const STEPS = 10_000;
const STEPS_A_BYTE = 1;
/** Schemas applied to one value inside each other. */
const HIGHEST = 64;
/** For all patterns of a schema: some 5 ms, and tables of at most 80 KB. */
const PATTERN_EFFORT = 40_000;

/**
 * Compiles a schema of JSON Schema 2020-12 in time linear in its size, and without making code of it: schemas come from
 * tenants. Formats are checked. Nothing outside of the schema is ever read.
 * @throws SchemaError with a path into the schema
 */
export function compileSchema(document: JsonObject): CompiledSchema {
  const check = new Compiler(document).compile();
  return {
    faultsOf: (value, bytes) => {
      const steps = STEPS + STEPS_A_BYTE * bytes;
      const [run, collecting] = [new Run(steps, false), new Run(steps, true)];
      try {
        if (check(value, run, undefined, undefined)) return undefined;
        // Once more, since nearly all values fit, and looking for all faults takes longer.
        check(value, collecting, undefined, undefined);
      } catch (error) {
        if (!(error instanceof GivenUpError)) throw error;
        collecting.faults.push({ path: '', message: error.message });
      }
      return collecting.faults;
    },
  };
}

interface Work {
  readonly steps: number;
  readonly height: number;
}

class Compiler {
  private readonly map: SchemaMap;
  private readonly checks = new Map<JsonObject, Check>();
  private readonly patterns = new Map<string, Pattern>();
  /** Of one value, by the schemas that have been measured; undefined while a schema is being measured. */
  private readonly work = new Map<JsonObject, Work | undefined>();
  private readonly effort = new Effort(PATTERN_EFFORT);

  constructor(private readonly document: JsonObject) {
    this.map = new SchemaMap(document);
  }

  compile(): Check {
    // Parts come before the whole.
    for (const schema of this.map.schemas.reverse()) this.checks.set(schema, this.checkOf(schema));
    for (const schema of this.map.schemas) this.measure(schema);
    return this.built(this.document);
  }

  private checkOf(schema: JsonObject): Check {
    const { path, resource } = this.map.placeOf(schema);
    const checks = [
      ...valueChecks(schema, (source) => this.patternOf(source, pointerTo(path, 'pattern'))),
      ...this.referenceChecks(schema),
      ...applicatorChecks(schema, {
        part: (keyword, ...keys) => this.partOf(schema, keyword, keys),
        patternOf: (source) => this.patternOf(source, pointerTo(pointerTo(path, 'patternProperties'), source)),
      }),
    ];
    const [members, items] = [schema['unevaluatedProperties'], schema['unevaluatedItems']].map((part) => (isSchema(part) ? this.built(part) : undefined));
    const isWhole = members === undefined && items === undefined && !this.map.hasDynamicAnchors;
    if (isWhole) return measured(checks, ownSteps(schema));
    const whole = members === undefined && items === undefined ? allOf(checks) : unevaluatedCheck(allOf(checks), members, items);
    return measured([this.map.hasDynamicAnchors ? inResource(resource, whole) : whole], ownSteps(schema));
  }

  private partOf(schema: JsonObject, keyword: string, keys: readonly (string | number)[]): Check {
    const part = keys.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], schema[keyword]);
    return this.built(part as Schema);
  }

  private built(schema: Schema): Check {
    if (typeof schema === 'boolean') return schema ? acceptAnything : acceptNothing;
    const check = this.checks.get(schema);
    if (check === undefined) throw new Error('A schema is used before it is built');
    return check;
  }

  private referenceChecks(schema: JsonObject): Check[] {
    return this.referencesOf(schema).map(({ target, dynamicAnchor }) => {
      if (dynamicAnchor !== undefined) return this.dynamicCheck(dynamicAnchor, target);
      let check: Check | undefined;
      // Looked up when it is first used: the target may be built later than this schema, or be the same.
      return (value, run, at, evaluated) => (check ??= this.built(target))(value, run, at, evaluated);
    });
  }

  /** The outermost of the resources entered so far that has the anchor says what the reference means. */
  private dynamicCheck(anchor: string, target: Schema): Check {
    return (value, run, at, evaluated) => {
      const outermost = run.resources.find(({ dynamicAnchors }) => dynamicAnchors.has(anchor))?.dynamicAnchors.get(anchor);
      return this.built(outermost ?? target)(value, run, at, evaluated);
    };
  }

  private referencesOf(schema: JsonObject): Reference[] {
    return (['$ref', '$dynamicRef'] as const).filter((keyword) => schema[keyword] !== undefined).map((keyword) => this.map.resolve(schema, keyword));
  }

  private patternOf(source: string, path: string): Pattern {
    const pattern = this.patterns.get(source) ?? compilePattern(source, path, this.effort);
    this.patterns.set(source, pattern);
    return pattern;
  }

  /** @throws SchemaError if the schema applies itself to the same value, or so many schemas that no value could be checked */
  private measure(schema: JsonObject, depth = 1): Work {
    const known = this.work.get(schema);
    if (known !== undefined) return known;
    const { path } = this.map.placeOf(schema);
    if (this.work.has(schema)) throw new SchemaError(path, 'refers to itself for the same value, which would never end');
    if (depth > HIGHEST) throw new SchemaError(path, `is the ${HIGHEST + 1}th schema inside others that is applied to the same value; ${HIGHEST} are allowed`);
    this.work.set(schema, undefined);
    const parts = this.inPlace(schema).map((part) => this.measure(part, depth + 1));
    const work = { steps: parts.reduce((sum, { steps }) => sum + steps, ownSteps(schema)), height: 1 + Math.max(0, ...parts.map(({ height }) => height)) };
    if (work.steps > STEPS) throw new SchemaError(path, `takes more than ${STEPS} steps to check one value: use fewer alternatives inside each other`);
    if (work.height > HIGHEST) throw new SchemaError(path, `applies more than ${HIGHEST} schemas inside each other to the same value`);
    this.work.set(schema, work);
    return work;
  }

  private inPlace(schema: JsonObject): JsonObject[] {
    const parts = IN_PLACE.flatMap((keyword): unknown[] => {
      const value = schema[keyword];
      return keyword === 'dependentSchemas' && isObject(value) ? Object.values(value) : [value].flat();
    });
    return [...parts, ...this.referencesOf(schema).map(({ target }) => target)].filter(isObject);
  }
}

function acceptAnything(_value: unknown, run: Run): boolean {
  run.spend(1);
  return true;
}

function acceptNothing(_value: unknown, run: Run, at: Location | undefined): boolean {
  run.spend(1);
  return run.fault(at, 'is not allowed here');
}

/** Applies all checks of a schema to a value. */
function measured(checks: readonly Check[], steps: number): Check {
  return (value, run, at, evaluated) => {
    run.enter(steps);
    let fits = true;
    for (let i = 0; i < checks.length; i++) {
      if (checks[i]?.(value, run, at, evaluated) !== false) continue;
      fits = false;
      if (!run.collects) break;
    }
    run.leave();
    return fits;
  };
}

function inResource(resource: Resource, check: Check): Check {
  return (value, run, at, evaluated) => {
    run.resources.push(resource);
    const fits = check(value, run, at, evaluated);
    run.resources.pop();
    return fits;
  };
}

/** What no other keyword has looked at, here or in a schema that was applied to the same value, must fit these. */
function unevaluatedCheck(check: Check, members: Check | undefined, items: Check | undefined): Check {
  return (value, run, at, evaluated) => {
    const own = new Evaluated();
    // What a schema that does not fit has looked at does not count, so the rest would be reported wrongly.
    if (!check(value, run, at, own)) return false;
    let fits = true;
    if (members !== undefined && isObject(value)) {
      for (const name in value) {
        run.spend(1);
        if (own.names.has(name)) continue;
        own.names.add(name);
        if (!members(value[name], run, run.inside(at, name), undefined)) fits = false;
      }
    }
    if (items !== undefined && Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        run.spend(1);
        if (own.indexes.has(i)) continue;
        own.indexes.add(i);
        if (!items(value[i], run, run.inside(at, i), undefined)) fits = false;
      }
    }
    if (fits) evaluated?.add(own, run);
    return fits;
  };
}
