const LONGEST_ENTITY = 255;
const CONTROL = /\p{Cc}/u;

export const ENTITY_PROBLEM = `must be a string of 1 to ${LONGEST_ENTITY} characters without control characters`;

export function isEntity(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || CONTROL.test(value) || !value.isWellFormed()) return false;
  // The limit is in characters, which are counted only if the number of UTF-16 units exceeds it.
  return value.length <= LONGEST_ENTITY || [...value].length <= LONGEST_ENTITY;
}
