import type { ErrorObject } from 'ajv/dist/2020.js';
import { pointerTo } from './schema-error.js';

/** What does not fit. `path` is a JSON pointer (RFC 6901) into the checked value. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Enough to find the mistake; a body may have thousands. */
const MAX_FAULTS = 20;
const LONGEST_PATH = 512;
const LONGEST_MESSAGE = 1_024;
/** They only repeat that a subschema does not fit. */
const REPEATING = new Set(['if', 'propertyNames']);

/** At most 20 faults, each once. */
export function faultsFrom(errors: readonly ErrorObject[]): Fault[] {
  const faults = new Map<string, Fault>();
  for (const error of errors) {
    if (REPEATING.has(error.keyword)) continue;
    const fault = faultOf(error);
    faults.set(`${fault.path} ${fault.message}`, fault);
    if (faults.size === MAX_FAULTS) break;
  }
  return [...faults.values()];
}

function faultOf(error: ErrorObject): Fault {
  const { path, message } = placed(error);
  return { path: shortened(path, LONGEST_PATH), message: shortened(message, LONGEST_MESSAGE) };
}

function placed({ keyword, instancePath, params, message = 'does not fit', propertyName }: ErrorObject): Fault {
  const given: Readonly<Record<string, unknown>> = params;
  if (propertyName !== undefined) return { path: pointerTo(instancePath, propertyName), message: `has a name that ${message}` };
  switch (keyword) {
    case 'required':
      return { path: pointerTo(instancePath, String(given['missingProperty'])), message: 'is missing' };
    case 'additionalProperties':
      return { path: pointerTo(instancePath, String(given['additionalProperty'])), message: 'is not allowed here' };
    case 'unevaluatedProperties':
      return { path: pointerTo(instancePath, String(given['unevaluatedProperty'])), message: 'is not allowed here' };
    case 'false schema':
      return { path: instancePath, message: 'is not allowed here' };
    case 'enum':
      return { path: instancePath, message: `must be one of ${JSON.stringify(given['allowedValues'])}` };
    case 'const':
      return { path: instancePath, message: `must be ${JSON.stringify(given['allowedValue'])}` };
    case 'type':
      return { path: instancePath, message: `must be ${[given['type']].flat().join(' or ')}` };
    default:
      return { path: instancePath, message };
  }
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
