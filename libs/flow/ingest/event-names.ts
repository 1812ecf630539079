const LONGEST_TYPE = 128;
const LONGEST_ENTITY = 255;
const TYPE = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
const CONTROL = /\p{Cc}/u;

export const TYPE_PROBLEM = `must be a name such as order.created: letters, digits, _ and -, with dots between, at most ${LONGEST_TYPE} characters`;
export const ENTITY_PROBLEM = `must be a string of 1 to ${LONGEST_ENTITY} characters without control characters`;

export function isType(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TYPE && TYPE.test(value);
}

export function isEntity(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || CONTROL.test(value) || !value.isWellFormed()) return false;
  // The limit is in characters, which are counted only if the number of UTF-16 units exceeds it.
  return value.length <= LONGEST_ENTITY || [...value].length <= LONGEST_ENTITY;
}
