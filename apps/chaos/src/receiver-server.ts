import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { shardOf } from '#domain/shard';
import { nowMs } from './clock.js';
import { drawFate, drawResponse, type Fate, ordinary } from './odd-responses.js';
import { Random } from './random.js';
import { type OpenArrival, type Receiver, ReceiverConnection } from './receiver-connection.js';
import type { ReceiverMode, ReceiverStatus } from './receiver-messages.js';
import type { RequestHead } from './request-reader.js';
import { keyOfSealed } from './sealed-body.js';
import { GENERATION_HEADER } from './seen-settings.js';

/** Receives the deliveries. Records the arrival of each request, and the end and status of its answer. */
export class ReceiverServer implements Receiver {
  private readonly arrivals: OpenArrival[] = [];
  private readonly findings: string[] = [];
  private readonly connections = new Set<ReceiverConnection>();
  private lastMs: number[] = [];
  private mode: ReceiverMode = { kind: 'ok' };
  private random = new Random(0);
  private server: Server | undefined;
  private port = 0;

  get status(): ReceiverStatus {
    return { arrivals: this.arrivals.length, lastMs: this.lastMs, findings: this.findings };
  }

  async start(port: number, shards: number): Promise<void> {
    this.port = port;
    this.lastMs = Array.from({ length: shards }, () => 0);
    await this.listen();
  }

  async setMode(mode: ReceiverMode): Promise<void> {
    this.mode = mode;
    if (mode.kind === 'odd') this.random = new Random(mode.seed);
    if (mode.kind === 'down') {
      const { server } = this;
      this.server = undefined;
      server?.close();
      for (const connection of this.connections) connection.destroy();
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

  arrived(head: RequestHead): OpenArrival {
    const arrival = arrivalOf(head, nowMs());
    this.arrivals.push(arrival);
    const shard = shardOf('default', arrival.entity, this.lastMs.length);
    this.lastMs[shard] = arrival.arrivedAtMs;
    return arrival;
  }

  bodyCame(arrival: OpenArrival, body: string): void {
    const key = keyOfSealed(body);
    if (key === undefined) this.findings.push(`damaged: ${arrival.eventId} arrived as ${body.slice(0, 200)}`);
    else arrival.key = key;
  }

  answer(connection: ReceiverConnection): void {
    const { mode } = this;
    if (mode.kind === 'resetting') connection.reset();
    else if (mode.kind === 'slow') setTimeout(() => void connection.respond(ordinary(200)), mode.delayMs);
    else if (mode.kind === 'odd') void connection.respond(drawResponse(this.random));
    else void connection.respond(ordinary(mode.kind === 'failing' && Math.random() * 100 < mode.percent ? mode.status : 200));
  }

  /** Connections stay open for longer than the sender keeps them, except in the odd mode. */
  nextFate(): Fate {
    return this.mode.kind === 'odd' ? drawFate(this.random) : 'answers';
  }

  misused(what: string): void {
    this.findings.push(`request: ${what}`);
  }

  private async listen(): Promise<void> {
    const server = createServer((socket) => {
      const connection = new ReceiverConnection(socket, this);
      this.connections.add(connection);
      socket.on('close', () => this.connections.delete(connection));
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
  }
}

function arrivalOf({ path, headers }: RequestHead, arrivedAtMs: number): OpenArrival {
  const text = (name: string): string => headers.get(name) ?? '';
  return {
    path,
    eventId: text('webhook-id'),
    deliveryId: text('lockstep-delivery'),
    entity: decodeURIComponent(text('lockstep-entity')),
    key: '',
    sequence: Number(text('lockstep-sequence')),
    attempt: Number(text('lockstep-attempt')),
    redelivered: text('lockstep-redelivered') === 'true',
    replayed: text('lockstep-replay') === 'true',
    timestamp: text('webhook-timestamp'),
    signature: text('webhook-signature'),
    headersGeneration: Number(text(GENERATION_HEADER)),
    arrivedAtMs,
    // Not ended yet.
    endedAtMs: -1,
    status: undefined,
    oddity: undefined,
    closedReused: false,
  };
}
