import type { IncomingMessage } from 'node:http';
import { LockstepError } from '#domain/problem';

const NOTHING = Buffer.alloc(0);

/** Whether a request announces a body (RFC 9112, 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** The length that a request declares. Undefined: its body comes in chunks. */
export function declaredLength({ headers }: IncomingMessage): number | undefined {
  const { 'content-length': length } = headers;
  return length === undefined ? undefined : Number(length);
}

/**
 * The whole body. Reading stops at the limit.
 * @throws LockstepError payload_too_large; invalid_request when the client leaves before its end
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (!hasBody(request)) return Promise.resolve(NOTHING);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = (): void => {
      request.off('data', take).off('end', end).off('close', cutOff).off('error', cutOff);
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maxBytes) return;
      stop();
      request.pause();
      reject(tooLarge(maxBytes));
    };
    const end = (): void => {
      stop();
      resolve(chunks.length === 1 ? (chunks[0] ?? NOTHING) : Buffer.concat(chunks));
    };
    const cutOff = (): void => {
      stop();
      reject(new LockstepError('invalid_request', 'The request was cut off before the end of its body'));
    };
    request.on('data', take).on('end', end).on('close', cutOff).on('error', cutOff);
  });
}

function tooLarge(maxBytes: number): LockstepError {
  return new LockstepError('payload_too_large', `A request with an idempotency key may have a body of at most ${maxBytes} bytes (LOCKSTEP_MAX_BODY_BYTES)`);
}
