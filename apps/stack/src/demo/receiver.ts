import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { once } from 'node:events';
import type { Arrival } from './order-check.js';

/** The demo's webhook receiver. */
export class Receiver {
  private readonly server: Server;

  constructor(
    private readonly port: number,
    private readonly answer: (request: Omit<Arrival, 'status'>) => Arrival['status'],
  ) {
    this.server = createServer((request, response) => this.receive(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  async listen(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    request.resume().once('end', () => {
      const header = (name: string): string => String(request.headers[name] ?? '');
      const status = this.answer({
        id: header('webhook-id'),
        entity: decodeURIComponent(header('lockstep-entity')),
        type: header('lockstep-type'),
        sequence: Number(header('lockstep-sequence')),
        attempt: Number(header('lockstep-attempt')),
      });
      response.writeHead(status).end();
    });
  }
}
