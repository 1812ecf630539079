import type { IncomingHttpHeaders } from 'node:http';

const FORM = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** Whether the body is a form, by its content type. */
export function isForm({ 'content-type': contentType = '' }: IncomingHttpHeaders): boolean {
  return FORM.test(contentType);
}
