import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { Budget, GivenUpError } from './budget.js';
import { type Fault, faultsFrom } from './faults.js';
import type { JsonObject } from './json.js';
import { meteredAjv } from './metered-ajv.js';
import { SchemaError } from './schema-error.js';
import { vetSchema, type VettedSchema } from './vetted-schema.js';

/** A schema that is ready to check values. */
export interface CompiledSchema {
  /**
   * What does not fit, at most 20 faults; undefined if the value fits. A value may take 10,000 steps and one for each of
   * its bytes; one that takes more does not fit.
   * @param bytes of the value as JSON
   */
  faultsOf(value: unknown, bytes: number): readonly Fault[] | undefined;
}

const STEPS = 10_000;
const STEPS_A_BYTE = 1;

const metaSchema = new Ajv2020({ strict: false, logger: false });

/**
 * Compiles a schema of JSON Schema 2020-12. Formats are checked. Nothing outside of the schema is ever read.
 * @throws SchemaError with a path into the schema
 */
export function compileSchema(document: JsonObject): CompiledSchema {
  const vetted = vetSchema(document);
  checkValues(document);
  const budget = new Budget();
  const validate = validatorOf(vetted, budget, false);
  let listing: ValidateFunction | undefined;
  return {
    faultsOf: (value, bytes) => {
      budget.reset(STEPS + STEPS_A_BYTE * bytes);
      try {
        if (validate(value)) return undefined;
      } catch (error) {
        return [givenUp(error)];
      }
      // Once more, since nearly all values fit, and looking for all faults takes longer.
      listing ??= validatorOf(vetted, budget, true);
      return listed(listing, value, budget) ?? faultsFrom(validate.errors ?? []);
    },
  };
}

/** Undefined if looking for all faults takes long: each of them takes memory. */
function listed(validate: ValidateFunction, value: unknown, budget: Budget): readonly Fault[] | undefined {
  budget.reset(STEPS);
  try {
    validate(value);
  } catch (error) {
    givenUp(error);
    return undefined;
  }
  return faultsFrom(validate.errors ?? []);
}

function givenUp(error: unknown): Fault {
  if (!(error instanceof GivenUpError)) throw error;
  return { path: '', message: error.message };
}

/** @throws SchemaError if a keyword has a wrong value */
function checkValues(document: JsonObject): void {
  if (metaSchema.validateSchema(document) === true) return;
  const [fault] = faultsFrom(metaSchema.errors ?? []);
  throw new SchemaError(fault?.path ?? '', fault?.message ?? 'is not a schema');
}

function validatorOf(vetted: VettedSchema, budget: Budget, allErrors: boolean): ValidateFunction {
  try {
    return meteredAjv(vetted, budget, { allErrors }).compile(vetted.schema);
  } catch (error) {
    if (error instanceof RangeError) throw new SchemaError('', 'has too many references inside each other');
    if (error instanceof Error) throw new SchemaError('', `cannot be compiled: ${error.message}`);
    throw error;
  }
}
