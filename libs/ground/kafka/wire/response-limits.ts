import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { ResponseSizes } from './response-sizes.js';

/** Parts of kafkajs' Connection. */
interface Connection {
  readonly broker: string;
  readonly socket: Socket;
  /** While the broker's answer to a password is awaited in the way of Kafka before 1.0. */
  readonly authHandlers: { onError(): void } | null;
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  processData(data: Buffer): void;
}

// An internal file of kafkajs 2.2.4, whose version is pinned. A test fails when kafkajs reads it in another way.
const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/connection.js') as { readonly prototype: Connection };
const original = Object.getOwnPropertyDescriptor(prototype, 'processData')?.value as Connection['processData'];

/**
 * Consumers ask for 2 MiB at most, but the first batch of a fetch comes whole, however large: topics allow 1 MiB by default,
 * and services that run Kafka for others some 20 MiB. kafkajs has a response in memory twice while it puts it together.
 */
const MAX_BYTES = 33_554_432;
/** Of a response's size. */
const SIZE_BYTES = 4;
const sizesOfSockets = new WeakMap<Socket, ResponseSizes>();

/**
 * Ends connections whose broker sends what is no response, or one of more than 32 MiB: their requests fail with an error that
 * says so. kafkajs 2.2.4 believes any size, and keeps what comes until it has so much. A negative size makes it loop forever,
 * and a response without a header throws an error that nothing catches, which ends the process.
 */
export function limitResponses(): void {
  prototype.processData = function (this: Connection, data) {
    try {
      sizesOf(this).add(data);
      original.call(this, data);
    } catch (error) {
      this.authHandlers?.onError();
      this.socket.destroy(new Error(`What the broker ${this.broker} sends cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error }));
    }
  };
}

function sizesOf(connection: Connection): ResponseSizes {
  const known = sizesOfSockets.get(connection.socket);
  if (known !== undefined) return known;
  const sizes = new ResponseSizes(MAX_BYTES);
  sizesOfSockets.set(connection.socket, sizes);
  // kafkajs still has the part of a response with which the socket before may have ended, and would read on behind it.
  [connection.chunks, connection.bytesBuffered, connection.bytesNeeded] = [[], 0, SIZE_BYTES];
  return sizes;
}
