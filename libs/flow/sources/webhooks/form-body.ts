import type { IncomingHttpHeaders } from 'node:http';

const FORM = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i;
/** In a form both are escaped. `curl -d` sends JSON as a form if it isn't told otherwise. */
const JSON_START = /^\s*[[{]/;
/** For the whitespace before it. */
const START_BYTES = 64;

/** Whether the body is a form, by its content type, and not JSON that was sent as one. */
export function isForm({ 'content-type': contentType = '' }: IncomingHttpHeaders, body: Buffer): boolean {
  return FORM.test(contentType) && !JSON_START.test(body.toString('latin1', 0, START_BYTES));
}
