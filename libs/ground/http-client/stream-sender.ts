import type { Socket } from 'node:net';
import type { BodyStream } from './http-exchange.js';
import { HttpClientError } from './http-client-error.js';

/** Sends a body from a stream, which it pauses while the socket's buffer is full. */
export class StreamSender {
  /** Whether everything was handed to the socket. */
  isDone = false;
  private sentBytes = 0;

  constructor(
    private readonly body: BodyStream,
    private readonly socket: Socket,
    private readonly onProgress: () => void,
    private readonly onFailure: (error: Error) => void,
  ) {}

  start(): void {
    // Then it emits nothing any more.
    if (this.body.stream.destroyed) return this.fail();
    this.body.stream.on('data', this.send).on('end', this.end).on('error', this.fail).on('close', this.fail);
    this.socket.on('drain', this.drained);
  }

  /** Sends nothing more. The rest of the stream is read and dropped, so that it ends. */
  stop(): void {
    const { stream } = this.body;
    stream.off('data', this.send).off('end', this.end).off('error', this.fail).off('close', this.fail);
    this.socket.off('drain', this.drained);
    if (this.isDone) return;
    // A stream without a listener throws its error.
    stream.on('error', () => undefined);
    stream.resume();
  }

  private readonly send = (chunk: Buffer): void => {
    const { body, socket } = this;
    this.sentBytes += chunk.length;
    if (body.length !== undefined && this.sentBytes > body.length) return this.onFailure(new HttpClientError('REQUEST_CUT_OFF', 'The body is longer than its length says'));
    this.onProgress();
    let hasRoom: boolean;
    if (body.length === undefined) {
      socket.cork();
      socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
      socket.write(chunk);
      hasRoom = socket.write('\r\n', 'latin1');
      socket.uncork();
    } else hasRoom = socket.write(chunk);
    if (!hasRoom) body.stream.pause();
  };

  private readonly drained = (): void => {
    this.onProgress();
    this.body.stream.resume();
  };

  private readonly end = (): void => {
    const { length } = this.body;
    if (length !== undefined && this.sentBytes < length) return this.onFailure(new HttpClientError('REQUEST_CUT_OFF', 'The body is shorter than its length says'));
    if (length === undefined) this.socket.write('0\r\n\r\n', 'latin1');
    this.isDone = true;
    this.stop();
  };

  private readonly fail = (error?: Error): void => {
    this.onFailure(new HttpClientError('REQUEST_CUT_OFF', 'The body ended before its end', { cause: error }));
  };
}
