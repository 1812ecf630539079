import { z } from 'zod';

export interface TextLimits {
  readonly min?: number;
  /** Characters, as JSON Schema counts them: a string's length in JavaScript is in UTF-16 units. */
  readonly max: number;
  /** Whether control characters are allowed; NUL never is, because Postgres can't store it. Default true. */
  readonly controls?: boolean;
}

const WITHOUT_NUL = '^[^\\u0000]*$';
/** As a pattern of JSON Schema. */
export const WITHOUT_CONTROLS = '^[^\\u0000-\\u001f\\u007f-\\u009f]*$';

/** Schema of a text that Postgres can store. The OpenAPI document has its limits. */
export function textSchema({ min = 0, max, controls = true }: TextLimits): z.ZodString {
  const pattern = controls ? WITHOUT_NUL : WITHOUT_CONTROLS;
  const allowed = new RegExp(pattern);
  const length = min === 0 ? `at most ${max}` : `${min} to ${max}`;
  return z.string()
    .refine((text) => allowed.test(text) && text.isWellFormed() && isLongAs(text, min, max), `must have ${length} characters without ${controls ? 'NUL' : 'control characters'}`)
    .meta({ ...(min === 0 ? {} : { minLength: min }), maxLength: max, pattern });
}

function isLongAs(text: string, min: number, max: number): boolean {
  if (text.length <= max) return text.length >= min;
  return text.length <= 2 * max && [...text].length <= max;
}
