import { HEADER_VALUE, headerNameProblem } from './header-fields.js';
import { LockstepError } from './problem.js';

/** Headers that are delivered with an event, besides its payload: values by lower-case name. */
export type EventAttributes = Readonly<Record<string, string>>;

const MAX_COUNT = 64;
/** Names and values together. Receivers commonly accept 8 KiB of headers, or 16 KiB. */
export const MAX_ATTRIBUTE_CHARACTERS = 8_192;

/** Characters of all names and values, which are ASCII. */
export function attributesSize(attributes: EventAttributes): number {
  let size = 0;
  for (const [name, value] of Object.entries(attributes)) size += name.length + value.length;
  return size;
}

/**
 * Returns the attributes if they can be delivered as headers.
 * @throws LockstepError `headers_too_large`: more than 64, or more than 8,192 characters; `invalid_request`: a name that
 * Lockstep or HTTP sets, or a value outside of printable ASCII
 */
export function checkedAttributes(attributes: EventAttributes): EventAttributes {
  const names = Object.keys(attributes);
  const size = attributesSize(attributes);
  if (names.length > MAX_COUNT || size > MAX_ATTRIBUTE_CHARACTERS) {
    throw new LockstepError('headers_too_large', `The event has ${names.length} attributes with ${size} characters; it may have ${MAX_COUNT} with ${MAX_ATTRIBUTE_CHARACTERS}, names included`);
  }
  const errors = Object.entries(attributes).flatMap(([name, value]) => {
    const message = headerNameProblem(name) ?? (HEADER_VALUE.test(value) ? undefined : 'must be printable ASCII: percent-encode other characters');
    return message === undefined ? [] : [{ path: name, message }];
  });
  if (errors.length > 0) throw new LockstepError('invalid_request', errors.map(({ path, message }) => `${path} ${message}`).join('; '), { errors });
  return attributes;
}
