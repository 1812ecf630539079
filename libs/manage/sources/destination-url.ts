import { LockstepError } from '#domain/problem';
import { newEndpointSchema } from '#manage/endpoints/endpoint.schema';

const PRINTABLE = /^[\x21-\x7e]+$/;
/** A slash or a backslash that a parser leaves encoded. Many servers decode the path before they look at its segments. */
const ENCODED_SLASH = /%(?:2f|5c)/i;
/** A dot segment with parameters, which some servers take for one without. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2};/i;

/**
 * The URL in the header `X-Destination-URL`, as the URL standard writes it. It reads the same way for a glob and for the
 * receiver: nothing in its path looks like another path after decoding.
 * @throws LockstepError invalid_request
 */
export function parseDestinationUrl(header: string): URL {
  if (!PRINTABLE.test(header) || header.includes('\\')) throw invalid('must be one URL in printable ASCII, with the host in punycode and everything else percent-encoded');
  const given = newEndpointSchema.shape.url.safeParse(header);
  if (!given.success) throw invalid(given.error.issues.map(({ message }) => message).join('; '));
  const url = new URL(given.data);
  if (ENCODED_SLASH.test(url.pathname)) throw invalid('must not have an encoded slash or backslash in its path');
  if (DOT_SEGMENT.test(url.pathname)) throw invalid('must not have a dot segment with parameters');
  // Encoding may have made it longer.
  if (!newEndpointSchema.shape.url.safeParse(url.href).success) throw invalid('is too long');
  return url;
}

function invalid(message: string): LockstepError {
  return new LockstepError('invalid_request', `X-Destination-URL ${message}`, { errors: [{ path: 'X-Destination-URL', message }] });
}
