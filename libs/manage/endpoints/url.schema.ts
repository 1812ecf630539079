import { z } from 'zod';

/** A host, perhaps a port, path and query. JSON Schema's `uri` has only ASCII. */
export const URL_PATTERN = /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s\u0000-\u0020\u007f-\u00a0/?#@\\]+(?:[/?][^\s\u0000-\u0020\u007f-\u00a0#]*)?$/;

/** Where requests go. The address policy decides which destinations are allowed. */
export const urlSchema = z.string().max(2_048).superRefine((text, context) => {
  const problem = urlProblem(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
}).meta({ format: 'iri', pattern: URL_PATTERN.source, example: 'https://example.com/hooks', description: 'Without user name, password and fragment' });

function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text) || /[\s\p{Cc}]/u.test(text)) return 'must be an absolute URL such as https://example.com/hooks';
  const { protocol, username, password } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https:// or http://';
  if (username !== '' || password !== '') return 'must not hold a user name or password; use auth';
  if (text.includes('#')) return 'must not have a fragment';
  return URL_PATTERN.test(text) ? undefined : 'must be an absolute URL such as https://example.com/hooks';
}
