import kafkajs from 'kafkajs';
import { Decoder } from './decoder.js';

/**
 * Refuses arrays of responses that have more elements than bytes. kafkajs 2.2.4 makes an array of any announced length, and
 * some of its readers go on behind the end of a response: a few bytes take gigabytes.
 */
export function limitArrays(): void {
  Decoder.prototype.readArray = function <T>(this: Decoder, read: (decoder: Decoder) => T): T[] {
    const array = arrayOf<T>(this.readInt32(), this);
    for (let i = 0; i < array.length; i++) array[i] = read(this);
    return array;
  };
  Decoder.prototype.readArrayAsync = async function <T>(this: Decoder, read: (decoder: Decoder) => Promise<T>): Promise<T[]> {
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
