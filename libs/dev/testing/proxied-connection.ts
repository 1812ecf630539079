import { connect, type Socket } from 'node:net';

/** What the network does to what passes. `watched`: it looks at each chunk, and those that do not pass are lost. */
export type Weather =
  | { readonly kind: 'fair' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'dead' }
  | { readonly kind: 'watched'; readonly passes: (chunk: Buffer) => boolean };

/** A client's connection and the one to the server that belongs to it. */
export class ProxiedConnection {
  private readonly target: Socket;
  private readonly ways: readonly [Way, Way];

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
    this.ways = [new Way(client, this.target), new Way(this.target, client)];
  }

  /** @param requests what becomes of what the client sends; `answers`: of what the server does */
  become(requests: Weather, answers: Weather): void {
    const [there, back] = this.ways;
    there.become(requests);
    back.become(answers);
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

/** One direction: what `from` sends reaches `to`. */
class Way {
  private weather: Weather = { kind: 'fair' };
  /** On their way since the network is slow, oldest first. */
  private readonly late: { readonly chunk: Buffer; readonly dueMs: number }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private gone = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('close', () => {
      this.gone = true;
      this.passOn();
    });
    from.pipe(to);
  }

  become(weather: Weather): void {
    if (weather.kind === this.weather.kind) {
      this.weather = weather;
      return;
    }
    this.weather = weather;
    this.from.unpipe(this.to);
    this.from.off('data', this.hold);
    clearTimeout(this.timer);
    this.timer = undefined;
    if (weather.kind === 'dead') this.from.pause();
    if (weather.kind === 'slow' || weather.kind === 'watched') this.from.on('data', this.hold).resume();
    if (weather.kind === 'fair') {
      for (const { chunk } of this.late.splice(0)) this.write(chunk);
      if (!this.gone) this.from.pipe(this.to);
    }
    this.passOn();
  }

  private readonly hold = (chunk: Buffer): void => {
    if (this.weather.kind === 'watched' && !this.weather.passes(chunk)) return;
    const delayMs = this.weather.kind === 'slow' ? this.weather.delayMs : 0;
    this.late.push({ chunk, dueMs: performance.now() + delayMs });
    this.passOn();
  };

  /** What is due, and at last the end of the connection. */
  private passOn(): void {
    if (this.weather.kind === 'dead') return;
    while ((this.late[0]?.dueMs ?? Infinity) <= performance.now()) this.write(this.late.shift()?.chunk);
    const [next] = this.late;
    if (next !== undefined) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.passOn();
      }, next.dueMs - performance.now());
    } else if (this.gone) {
      // What stands in the socket's buffer since the network was dead goes first.
      for (let chunk = this.from.read() as Buffer | null; chunk !== null; chunk = this.from.read() as Buffer | null) this.write(chunk);
      this.to.destroySoon();
    }
  }

  private write(chunk: Buffer | undefined): void {
    if (chunk !== undefined && this.to.writable) this.to.write(chunk);
  }
}
