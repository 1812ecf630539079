import { connect, type Socket } from 'node:net';

/** What happens to the bytes of one direction. `filtered`: chunks that do not pass are lost. */
export type Condition =
  | { readonly kind: 'normal' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'filtered'; readonly passes: (chunk: Buffer) => boolean };

/** A client's connection and its counterpart to the server. */
export class ProxiedConnection {
  private readonly target: Socket;
  private readonly directions: readonly [Direction, Direction];

  constructor(
    private readonly client: Socket,
    server: { readonly port: number; readonly host: string },
    onClosed: () => void,
  ) {
    this.target = connect(server);
    for (const socket of [client, this.target]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (client.closed && this.target.closed) onClosed();
      });
    }
    this.directions = [new Direction(client, this.target), new Direction(this.target, client)];
  }

  /**
   * @param requests for the client's bytes
   * @param answers for the server's bytes
   */
  set(requests: Condition, answers: Condition): void {
    const [toServer, toClient] = this.directions;
    toServer.set(requests);
    toClient.set(answers);
  }

  destroy(): void {
    this.client.destroy();
    this.target.destroy();
  }

  reset(): void {
    this.client.resetAndDestroy();
    this.target.resetAndDestroy();
  }
}

/** Forwards bytes of `from` to `to`. */
class Direction {
  private condition: Condition = { kind: 'normal' };
  /** Delayed chunks, oldest first. */
  private readonly delayed: { readonly chunk: Buffer; readonly dueMs: number }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('close', () => {
      this.closed = true;
      this.forward();
    });
    from.pipe(to);
  }

  set(condition: Condition): void {
    const changes = condition.kind !== this.condition.kind;
    this.condition = condition;
    if (!changes) return;
    this.from.unpipe(this.to);
    this.from.off('data', this.hold);
    clearTimeout(this.timer);
    this.timer = undefined;
    if (condition.kind === 'blocked') this.from.pause();
    if (condition.kind === 'slow' || condition.kind === 'filtered') this.from.on('data', this.hold).resume();
    if (condition.kind === 'normal') {
      for (const { chunk } of this.delayed.splice(0)) this.write(chunk);
      if (!this.closed) this.from.pipe(this.to);
    }
    this.forward();
  }

  private readonly hold = (chunk: Buffer): void => {
    if (this.condition.kind === 'filtered' && !this.condition.passes(chunk)) return;
    const delayMs = this.condition.kind === 'slow' ? this.condition.delayMs : 0;
    this.delayed.push({ chunk, dueMs: performance.now() + delayMs });
    this.forward();
  };

  /** Forwards the chunks that are due, and after the last one the end of the connection. */
  private forward(): void {
    if (this.condition.kind === 'blocked') return;
    while ((this.delayed[0]?.dueMs ?? Infinity) <= performance.now()) this.write(this.delayed.shift()?.chunk);
    const [next] = this.delayed;
    if (next !== undefined) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.forward();
      }, next.dueMs - performance.now());
    } else if (this.closed) {
      // First the bytes that the socket has buffered since it was paused.
      for (let chunk = this.from.read() as Buffer | null; chunk !== null; chunk = this.from.read() as Buffer | null) this.write(chunk);
      this.to.destroySoon();
    }
  }

  private write(chunk: Buffer | undefined): void {
    if (chunk !== undefined && this.to.writable) this.to.write(chunk);
  }
}
