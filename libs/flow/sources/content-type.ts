/** RFC 9110, 8.3.1, with parameters of any kind. */
const MEDIA_TYPE = /^[!#$%&'*+.^`|~\w-]+\/[!#$%&'*+.^`|~\w-]+[\t ]*(?:;[\t\x20-\x7e]*)?$/;
const LONGEST = 256;

export const UNKNOWN_CONTENT_TYPE = 'application/octet-stream';

/** Whether a body can be delivered with this content type. */
export function isContentType(text: string): boolean {
  return text.length <= LONGEST && MEDIA_TYPE.test(text);
}
