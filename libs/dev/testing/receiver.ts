import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Arrival } from './arrivals.js';

/** A webhook receiver that records every request. */
export class Receiver {
  readonly arrivals: Arrival[] = [];
  /** The status of the answer. */
  respond: (arrival: Arrival) => number | Promise<number> = () => 200;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const arrivedAtMs = performance.now();
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const arrival = arrivalOf(request.headers, Buffer.concat(chunks).toString(), arrivedAtMs);
        this.arrivals.push(arrival);
        void Promise.resolve(this.respond(arrival)).then((status) => {
          // Recorded before the answer is sent: the next request of the lane must arrive later.
          arrival.status = status;
          arrival.endedAtMs = performance.now();
          response.writeHead(status).end('seen');
        });
      });
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** Ids of the events that got a 2xx. */
  get delivered(): Set<string> {
    return new Set(this.arrivals.filter(({ status }) => status !== undefined && status >= 200 && status <= 299).map(({ eventId }) => eventId));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function arrivalOf(headers: IncomingHttpHeaders, body: string, arrivedAtMs: number): Arrival {
  const text = (name: string): string => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    eventId: text('webhook-id'),
    deliveryId: text('lockstep-delivery'),
    entity: decodeURIComponent(text('lockstep-entity')),
    sequence: Number(text('lockstep-sequence')),
    previousSequence: Number(text('lockstep-previous-sequence')),
    attempt: Number(text('lockstep-attempt')),
    redelivered: text('lockstep-redelivered') === 'true',
    replayed: text('lockstep-replay') === 'true',
    body,
    arrivedAtMs,
    endedAtMs: undefined,
    status: undefined,
  };
}
