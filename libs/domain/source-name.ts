/**
 * The name of a source stands in paths (`/in/<name>`), headers and events as it is. It cannot be taken for an id, nor for
 * `api`, which is where posts come from, or `lockstep`, where operational events come from.
 */
export const SOURCE_NAME = /^(?!src_|(?:api|lockstep)$)[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
export const SOURCE_NAME_RULE = 'must be a name such as stripe or github.orders: 1 to 128 letters, digits, _, . and -, beginning with a letter or digit; not api or lockstep, and nothing that begins with src_';

/** Whether a text can be the name of a source. */
export function isSourceName(text: string): boolean {
  return SOURCE_NAME.test(text);
}
