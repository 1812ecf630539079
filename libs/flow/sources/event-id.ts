const CONTROL = /\p{Cc}/u;

/** After "the id". */
export const ID_PROBLEM = 'must be a text without control characters';

/** Whether a text can be the id by which an event of a source is known if it comes again. It may have any length: see `keyOfId`. */
export function isId(text: string): boolean {
  return text !== '' && !CONTROL.test(text) && text.isWellFormed();
}
