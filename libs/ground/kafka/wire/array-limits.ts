import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';

/** Parts of kafkajs' Decoder. */
interface Decoder {
  readonly buffer: Buffer;
  readonly offset: number;
  readInt32(): number;
  readArray<T>(read: (decoder: Decoder) => T): T[];
  readArrayAsync<T>(read: (decoder: Decoder) => Promise<T>): Promise<T[]>;
}

// An internal file of kafkajs 2.2.4, whose version is pinned. A test fails when kafkajs reads it in another way.
const { prototype } = createRequire(import.meta.url)('kafkajs/src/protocol/decoder.js') as { readonly prototype: Decoder };

/**
 * Refuses arrays of responses that have more elements than bytes. kafkajs 2.2.4 makes an array of any announced length, and
 * some of its readers go on behind the end of a response: a few bytes take gigabytes.
 */
export function limitArrays(): void {
  prototype.readArray = function <T>(this: Decoder, read: (decoder: Decoder) => T): T[] {
    const array = arrayOf<T>(this.readInt32(), this);
    for (let i = 0; i < array.length; i++) array[i] = read(this);
    return array;
  };
  prototype.readArrayAsync = async function <T>(this: Decoder, read: (decoder: Decoder) => Promise<T>): Promise<T[]> {
    const array = arrayOf<T>(this.readInt32(), this);
    for (let i = 0; i < array.length; i++) array[i] = await read(this);
    return array;
  };
}

/** Room for as many elements as are announced; each takes a byte or more. @throws KafkaJSNonRetriableError */
export function arrayOf<T>(length: number, { buffer, offset }: Pick<Decoder, 'buffer' | 'offset'>): T[] {
  // Null.
  if (length === -1) return [];
  const left = buffer.length - offset;
  if (length < 0 || length > left) throw new kafkajs.KafkaJSNonRetriableError(`A response cannot be read: it announces ${length} elements, and has ${left} more bytes`);
  return new Array<T>(length);
}
