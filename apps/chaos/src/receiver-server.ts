import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { shardOf } from '#domain/shard';
import { nowMs } from './clock.js';
import type { ReceiverMode, ReceiverStatus, RecordedArrival } from './receiver-messages.js';
import { keyOfSealed } from './sealed-body.js';

type MutableArrival = { -readonly [Field in keyof RecordedArrival]: RecordedArrival[Field] };

/** Receives the deliveries. Records the arrival of each request, and the end and status of its answer. */
export class ReceiverServer {
  private readonly arrivals: MutableArrival[] = [];
  private readonly damaged: string[] = [];
  private lastMs: number[] = [];
  private mode: ReceiverMode = { kind: 'ok' };
  private server: Server | undefined;
  private port = 0;

  get status(): ReceiverStatus {
    return { arrivals: this.arrivals.length, lastMs: this.lastMs, damaged: this.damaged };
  }

  async start(port: number, shards: number): Promise<void> {
    this.port = port;
    this.lastMs = Array.from({ length: shards }, () => 0);
    await this.listen();
  }

  async setMode(mode: ReceiverMode): Promise<void> {
    this.mode = mode;
    if (mode.kind === 'down') {
      const { server } = this;
      this.server = undefined;
      server?.close();
      server?.closeAllConnections();
    } else if (this.server === undefined) await this.listen();
  }

  /** Writes all arrivals in order, one line of JSON each. */
  async dump(file: string): Promise<void> {
    const output = createWriteStream(file);
    for (const arrival of this.arrivals) {
      // A request that is still open ends now.
      if (arrival.endedAtMs < arrival.arrivedAtMs) arrival.endedAtMs = nowMs();
      if (!output.write(`${JSON.stringify(arrival)}\n`)) await once(output, 'drain');
    }
    output.end();
    await once(output, 'close');
  }

  private async listen(): Promise<void> {
    // Longer than the sender keeps a connection. The reset faults test how it handles broken connections.
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => this.record(request, response));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
  }

  private record(request: IncomingMessage, response: ServerResponse): void {
    const arrival = arrivalOf(request, nowMs());
    this.arrivals.push(arrival);
    const shard = shardOf('default', arrival.entity, this.lastMs.length);
    this.lastMs[shard] = arrival.arrivedAtMs;
    response.on('finish', () => {
      arrival.status = response.statusCode;
      arrival.endedAtMs = nowMs();
    });
    response.on('close', () => {
      if (arrival.endedAtMs < arrival.arrivedAtMs) arrival.endedAtMs = nowMs();
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => this.answer(arrival, Buffer.concat(chunks).toString(), request, response));
  }

  private answer(arrival: MutableArrival, body: string, request: IncomingMessage, response: ServerResponse): void {
    const key = keyOfSealed(body);
    if (key === undefined) this.damaged.push(`${arrival.eventId} arrived as ${body.slice(0, 200)}`);
    else arrival.key = key;
    const { mode } = this;
    const respond = (status: number): void => void response.writeHead(status).end('seen');
    if (mode.kind === 'resetting') request.socket.resetAndDestroy();
    else if (mode.kind === 'slow') setTimeout(() => respond(200), mode.delayMs);
    else respond(mode.kind === 'failing' && Math.random() * 100 < mode.percent ? 500 : 200);
  }
}

function arrivalOf({ headers, url = '' }: IncomingMessage, arrivedAtMs: number): MutableArrival {
  const text = (name: string): string => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    path: url,
    eventId: text('webhook-id'),
    deliveryId: text('lockstep-delivery'),
    entity: decodeURIComponent(text('lockstep-entity')),
    key: '',
    sequence: Number(text('lockstep-sequence')),
    attempt: Number(text('lockstep-attempt')),
    redelivered: text('lockstep-redelivered') === 'true',
    replayed: text('lockstep-replay') === 'true',
    arrivedAtMs,
    // Not ended yet.
    endedAtMs: -1,
    status: undefined,
  };
}
