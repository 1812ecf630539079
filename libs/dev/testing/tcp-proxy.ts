import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { ProxiedConnection, type Weather } from './proxied-connection.js';

const FAIR: Weather = { kind: 'fair' };

/** A TCP proxy in front of a server: takes the server away from its clients, in several ways, and gives it back. */
export class TcpProxy {
  private readonly connections = new Set<ProxiedConnection>();
  private readonly server = createServer((client) => this.join(client));
  private open = true;
  private requests: Weather = FAIR;
  private answers: Weather = FAIR;

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

  /** Each chunk arrives that much later, in order; new connections too. */
  delay(delayMs: number): void {
    this.become({ kind: 'slow', delayMs });
  }

  /**
   * Nothing passes, either way, and nobody is told: connections stay open, new ones are accepted and dead. What was sent
   * meanwhile arrives when the network is whole again, as TCP has it, even when its sender has given up by then.
   */
  halfOpen(): void {
    this.become({ kind: 'dead' });
  }

  /** What clients send arrives; what the server says to it waits until the network is whole again. */
  holdAnswers(): void {
    this.become(FAIR, { kind: 'dead' });
  }

  /** As `cut`, at the moment when a client sends a chunk with these bytes: it does not arrive. Resolves then. */
  cutAt(bytes: string): Promise<void> {
    return this.when(bytes, () => {
      this.cut();
      return false;
    });
  }

  /** As `holdAnswers`, from the moment when a client sends a chunk with these bytes: it arrives. Resolves then. */
  holdAnswersAt(bytes: string): Promise<void> {
    return this.when(bytes, () => {
      this.holdAnswers();
      return true;
    });
  }

  /** Breaks all connections with a reset, once; new ones are as before. */
  reset(): void {
    for (const connection of this.connections) connection.reset();
  }

  /** The network is whole again. */
  restore(): void {
    this.open = true;
    this.become(FAIR);
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private become(requests: Weather, answers = requests): void {
    this.requests = requests;
    this.answers = answers;
    for (const connection of this.connections) connection.become(requests, answers);
  }

  /** @param then says whether these bytes pass */
  private when(bytes: string, then: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const passes = (chunk: Buffer): boolean => {
      if (!chunk.includes(bytes)) return true;
      resolve();
      return then();
    };
    this.become({ kind: 'watched', passes }, FAIR);
    return promise;
  }

  private join(client: Socket): void {
    if (!this.open) {
      client.destroy();
      return;
    }
    const connection = new ProxiedConnection(client, { port: this.targetPort, host: this.targetHost }, () => this.connections.delete(connection));
    this.connections.add(connection);
    connection.become(this.requests, this.answers);
  }
}
