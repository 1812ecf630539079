import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Condition, ProxiedConnection } from './proxied-connection.js';

const NORMAL: Condition = { kind: 'normal' };

/** A TCP proxy that disturbs the connections between clients and a server in several ways. */
export class TcpProxy {
  private readonly connections = new Set<ProxiedConnection>();
  private readonly server = createServer((client) => this.join(client));
  private open = true;
  private requests: Condition = NORMAL;
  private answers: Condition = NORMAL;

  private constructor(
    private readonly targetPort: number,
    private readonly targetHost: string,
  ) {}

  static async start(targetHost: string, targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort, targetHost);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy does not listen');
    return address.port;
  }

  /** Breaks all connections and refuses new ones. */
  cut(): void {
    this.open = false;
    for (const connection of this.connections) connection.destroy();
  }

  /** Delays each chunk, in order, on new connections too. */
  delay(delayMs: number): void {
    this.set({ kind: 'slow', delayMs });
  }

  /**
   * Blocks both directions without an error. Connections stay open, and new ones are accepted. The bytes arrive after
   * `restore`, as with TCP, even if their sender has closed by then.
   */
  halfOpen(): void {
    this.set({ kind: 'blocked' });
  }

  /** Forwards requests, and holds the answers until `restore`. */
  holdAnswers(): void {
    this.set(NORMAL, { kind: 'blocked' });
  }

  /** Cuts when a client sends a chunk with these bytes, which does not arrive. Resolves then. */
  cutAt(bytes: string): Promise<void> {
    return this.when(bytes, () => {
      this.cut();
      return false;
    });
  }

  /** Holds answers from the moment when a client sends a chunk with these bytes, which arrives. Resolves then. */
  holdAnswersAt(bytes: string): Promise<void> {
    return this.when(bytes, () => {
      this.holdAnswers();
      return true;
    });
  }

  /** Resets all connections. New ones are not affected. */
  reset(): void {
    for (const connection of this.connections) connection.reset();
  }

  /** Ends all disturbances. */
  restore(): void {
    this.open = true;
    this.set(NORMAL);
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private set(requests: Condition, answers = requests): void {
    this.requests = requests;
    this.answers = answers;
    for (const connection of this.connections) connection.set(requests, answers);
  }

  /** @param then returns whether the chunk passes */
  private when(bytes: string, then: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const passes = (chunk: Buffer): boolean => {
      if (!chunk.includes(bytes)) return true;
      resolve();
      return then();
    };
    this.set({ kind: 'filtered', passes }, NORMAL);
    return promise;
  }

  private join(client: Socket): void {
    if (!this.open) {
      client.destroy();
      return;
    }
    const connection = new ProxiedConnection(client, { port: this.targetPort, host: this.targetHost }, () => this.connections.delete(connection));
    this.connections.add(connection);
    connection.set(this.requests, this.answers);
  }
}
