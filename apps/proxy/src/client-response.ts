import type { FastifyReply } from 'fastify';

/** What a client gets, written as it comes; after it has left, nothing. */
export class ClientResponse {
  private left = false;
  private begun = false;

  /** @param onLeft called when the client leaves before the end */
  constructor(
    private readonly reply: FastifyReply,
    private readonly listeners: { readonly onLeft?: () => void; readonly onDrain?: () => void } = {},
  ) {
    const { raw } = reply;
    raw.on('error', () => undefined);
    raw.once('close', () => {
      if (raw.writableFinished) return;
      this.left = true;
      this.listeners.onLeft?.();
      // Whoever waits for room waits for nothing.
      this.listeners.onDrain?.();
    });
    raw.on('drain', () => this.listeners.onDrain?.());
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
