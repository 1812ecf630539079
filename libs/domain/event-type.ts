export const LONGEST_EVENT_TYPE = 128;
export const EVENT_TYPE = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
export const EVENT_TYPE_RULE = `must be a name such as order.created: letters, digits, _ and -, with dots between, at most ${LONGEST_EVENT_TYPE} characters`;

/** Whether a value can be the type of an event. */
export function isEventType(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_EVENT_TYPE && EVENT_TYPE.test(value);
}
