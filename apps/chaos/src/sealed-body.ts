import { hash } from 'node:crypto';

/** Stands in the body while its checksum is computed. */
const OPEN = '0'.repeat(40);

/**
 * The body of an event that carries a checksum of its own bytes. Spaces, an escape and an umlaut are in it, so that
 * reading and writing it again would show.
 */
export function sealedBody(entity: string, key: string): string {
  const open = `{"type": "chaos.step","entity":${JSON.stringify(entity)},  "data":{"key":${JSON.stringify(key)},"text":"\\u00fcber ü","seal":"${OPEN}"}}`;
  return open.replace(OPEN, hash('sha1', open));
}

/** The key of a body that is, byte for byte, one of ours; undefined for any other. */
export function keyOfSealed(body: string): string | undefined {
  const seal = /"seal":"([0-9a-f]{40})"/.exec(body)?.[1];
  if (seal === undefined || hash('sha1', body.replace(seal, OPEN)) !== seal) return undefined;
  return (JSON.parse(body) as { data: { key: string } }).data.key;
}
