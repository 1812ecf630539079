/** CloudEvents HTTP binding 1.0.2, 3.1.3.2: all but printable ASCII, and space, double quote and percent. */
const ENCODED = /[^\x21\x23\x24\x26-\x7e]+/gu;
const QUOTED = /^"(.*)"$/;
const PERCENT_ENCODED = /(?:%[0-9A-Fa-f]{2})+/g;

/** The text of an attribute as the value of its header. */
export function percentEncoded(text: string): string {
  return text.replace(ENCODED, encodeURIComponent);
}

/**
 * The text of an attribute's header: without quotes, which older senders use, and with one round of percent-decoding.
 * Undefined if percent-encoded bytes are not UTF-8.
 */
export function percentDecoded(value: string): string | undefined {
  const text = QUOTED.exec(value)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? value;
  try {
    return text.replace(PERCENT_ENCODED, decodeURIComponent);
  } catch {
    return undefined;
  }
}
