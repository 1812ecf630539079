export const LONGEST_EVENT_TYPE = 128;
/** The type of any event, operational ones included. */
export const EVENT_TYPE = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
/** The type of an event from others. Types that begin with `lockstep.` are of operational events, which only Lockstep makes. */
export const PRODUCED_EVENT_TYPE = /^(?!lockstep\.)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
export const EVENT_TYPE_RULE = `must be a name such as order.created: letters, digits, _ and -, with dots between, at most ${LONGEST_EVENT_TYPE} characters, not beginning with lockstep.`;

/** Whether a value can be the type of an event from others. */
export function isEventType(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_EVENT_TYPE && PRODUCED_EVENT_TYPE.test(value);
}

/**
 * The type that others' name for a kind of event becomes: `orders/create` → `orders.create`. Each other character that a type
 * cannot have becomes `_`; a dot without a name on both sides is left out. A name of letters, digits, `_`, `-` and dots stays
 * as it is. It may be too long, or empty.
 */
export function eventTypeOf(name: string): string {
  if (EVENT_TYPE.test(name)) return name;
  return name.replaceAll('/', '.').replace(/[^A-Za-z0-9_.-]/gu, '_').split('.').filter((part) => part !== '').join('.');
}
