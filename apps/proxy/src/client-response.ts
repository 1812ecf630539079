import type { FastifyReply } from 'fastify';

/** The response to a client. Writes nothing once the client has left. */
export class ClientResponse {
  /** Resolves when the response has been sent, or the client has left. */
  readonly closed: Promise<void>;
  private left = false;
  private begun = false;

  /** @param listeners `onLeft`: the client left before the end, or has left already. Never called synchronously. */
  constructor(
    private readonly reply: FastifyReply,
    private readonly listeners: { readonly onLeft?: () => void; readonly onDrain?: () => void } = {},
  ) {
    const { raw } = reply;
    const closed = Promise.withResolvers<void>();
    this.closed = closed.promise;
    raw.on('error', () => undefined);
    raw.once('close', () => {
      closed.resolve();
      if (!raw.writableFinished) this.leave();
    });
    raw.on('drain', () => this.listeners.onDrain?.());
    if (!raw.destroyed) return;
    // The client has already left: no 'close' event follows.
    closed.resolve();
    this.left = true;
    queueMicrotask(() => this.leave());
  }

  private leave(): void {
    this.left = true;
    this.listeners.onLeft?.();
    // The backend must not wait for a client that has left.
    this.listeners.onDrain?.();
  }

  /** Whether a byte may have been sent. Then no other response is possible. */
  get started(): boolean {
    return this.begun;
  }

  /** @param headers names and values, alternating */
  head(status: number, headers: string[]): void {
    this.begun = true;
    if (this.left) return;
    this.reply.hijack();
    this.reply.raw.writeHead(status, headers);
  }

  /** False: the buffer is full until `onDrain`. */
  write(chunk: Buffer): boolean {
    return this.left || this.reply.raw.write(chunk);
  }

  end(chunk?: Buffer): void {
    if (this.left) return;
    if (chunk === undefined) this.reply.raw.end();
    else this.reply.raw.end(chunk);
  }

  /** Breaks the connection, the only way to show that a started response is incomplete. */
  cut(): void {
    this.reply.raw.destroy();
  }
}
