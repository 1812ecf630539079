import type { Resource } from './schema-map.js';
import { pointerTo } from './schema-error.js';

/** What does not fit. `path` is a JSON pointer (RFC 6901) into the checked value. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Where a part of the checked value is. Exists only while faults are collected. */
export interface Location {
  readonly parent: Location | undefined;
  readonly key: string | number;
}

/** Of one name or index. */
export const RECORDING_STEPS = 8;

/** Members and items of one value that a schema has looked at, for `unevaluatedProperties` and `unevaluatedItems`. */
export class Evaluated {
  readonly names = new Set<string>();
  readonly indexes = new Set<number>();

  add({ names, indexes }: Evaluated, run: Run): void {
    run.spend(RECORDING_STEPS * (names.size + indexes.size));
    for (const name of names) this.names.add(name);
    for (const index of indexes) this.indexes.add(index);
  }
}

/** Part of a value against part of a schema. Reports faults to the run, and returns whether it fits. */
export type Check = (value: unknown, run: Run, at: Location | undefined, evaluated: Evaluated | undefined) => boolean;

/** Enough to find the mistake; a body may have thousands. */
const MAX_FAULTS = 20;
const LONGEST_PATH = 512;
/** Schemas applied inside each other: levels of the value times levels of `$ref`, `allOf` and the like. */
const MAX_DEPTH = 512;

/** A check was given up, because it takes too much work or goes too deep. */
export class GivenUpError extends Error {
  override readonly name = 'GivenUpError';
}

/** One value being checked, with what the check may cost. */
export class Run {
  readonly faults: Fault[] = [];
  /** Schema resources that were entered, the outermost first. For `$dynamicRef` only. */
  readonly resources: Resource[] = [];
  private depth = 0;

  /**
   * @param steps that the check may take; a step takes some 20 ns
   * @param collects whether faults are reported, and all parts are checked; else the check ends at the first fault
   */
  constructor(
    private steps: number,
    public collects: boolean,
  ) {}

  /** @throws GivenUpError */
  spend(steps: number): void {
    this.steps -= steps;
    if (this.steps < 0) throw new GivenUpError('takes more work to check against the schema than a body of this size may take');
  }

  /** Begins to apply a schema. @throws GivenUpError */
  enter(steps: number): void {
    this.spend(steps);
    if (++this.depth > MAX_DEPTH) throw new GivenUpError(`is nested too deeply to be checked against the schema: ${MAX_DEPTH} levels of both together are checked`);
  }

  leave(): void {
    this.depth--;
  }

  /** Returns false, as the result of the check that found it. */
  fault(at: Location | undefined, message: string): false {
    if (this.collects) {
      this.faults.push({ path: pathOf(at), message });
      if (this.faults.length === MAX_FAULTS) this.collects = false;
    }
    return false;
  }

  inside(parent: Location | undefined, key: string | number): Location | undefined {
    return this.collects ? { parent, key } : undefined;
  }

  /** Applies a schema whose faults are none of the value, such as one of several alternatives. */
  tries(check: Check, value: unknown, evaluated: Evaluated | undefined): boolean {
    const collected = this.collects;
    this.collects = false;
    const fits = check(value, this, undefined, evaluated);
    this.collects = collected;
    return fits;
  }
}

function pathOf(location: Location | undefined): string {
  const keys: (string | number)[] = [];
  for (let at = location; at !== undefined; at = at.parent) keys.unshift(at.key);
  const path = keys.reduce<string>(pointerTo, '');
  return path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path;
}
