import type { FastifyReply } from 'fastify';

/** What a client gets, written as it comes; after it has left, nothing. */
export class ClientResponse {
  /** Resolves when the answer has gone out, or the client has left. */
  readonly closed: Promise<void>;
  private left = false;
  private begun = false;

  /** @param listeners `onLeft` is called when the client leaves before the end, or has left already; never at once */
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
    // It left before anybody looked: there will be no 'close' any more.
    closed.resolve();
    this.left = true;
    queueMicrotask(() => this.leave());
  }

  private leave(): void {
    this.left = true;
    this.listeners.onLeft?.();
    // Whoever waits for room waits for nothing.
    this.listeners.onDrain?.();
  }

  /** Whether a byte may have been sent: then no other answer is possible. */
  get started(): boolean {
    return this.begun;
  }

  /** @param headers names and values in turn */
  head(status: number, headers: string[]): void {
    this.begun = true;
    if (this.left) return;
    this.reply.hijack();
    this.reply.raw.writeHead(status, headers);
  }

  /** False: there is no room for more until `onDrain`. */
  write(chunk: Buffer): boolean {
    return this.left || this.reply.raw.write(chunk);
  }

  end(chunk?: Buffer): void {
    if (this.left) return;
    if (chunk === undefined) this.reply.raw.end();
    else this.reply.raw.end(chunk);
  }

  /** Breaks the connection: the only way left to say that the answer is not whole. */
  cut(): void {
    this.reply.raw.destroy();
  }
}
