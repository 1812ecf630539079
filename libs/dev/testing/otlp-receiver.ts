import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector gets it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: a root. */
  readonly parentId: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly moments: readonly { readonly name: string; readonly atNs: bigint }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
}

/** A collector that keeps the spans that it gets: OTLP over HTTP, as protobuf. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** What is answered. */
  respond: () => number | Promise<number> = () => 200;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void Promise.resolve(this.respond()).then((status) => {
          const isTraces = request.method === 'POST' && request.url === '/v1/traces' && request.headers['content-type'] === 'application/x-protobuf';
          if (isTraces && status === 200) this.spans.push(...spansOf(Buffer.concat(chunks)));
          response.writeHead(isTraces ? status : 404).end();
        });
      });
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

type Field = bigint | Buffer;

/** The fields of a protobuf message by number: varints and fixed64 as numbers, everything with a length as bytes. */
class Message {
  private readonly fields = new Map<number, Field[]>();
  private at = 0;

  constructor(private readonly bytes: Buffer) {
    while (this.at < bytes.length) {
      const tag = this.varint();
      const number = Number(tag >> 3n);
      const values = this.fields.get(number);
      const value = this.value(Number(tag & 7n));
      if (values === undefined) this.fields.set(number, [value]);
      else values.push(value);
    }
  }

  messages(number: number): Message[] {
    return (this.fields.get(number) ?? []).map((value) => new Message(value as Buffer));
  }

  message(number: number): Message {
    return this.messages(number)[0] ?? new Message(Buffer.alloc(0));
  }

  has(number: number): boolean {
    return this.fields.has(number);
  }

  number(number: number): bigint {
    return (this.fields.get(number)?.[0] as bigint | undefined) ?? 0n;
  }

  bytesOf(number: number): Buffer {
    return (this.fields.get(number)?.[0] as Buffer | undefined) ?? Buffer.alloc(0);
  }

  text(number: number): string {
    return this.bytesOf(number).toString();
  }

  hex(number: number): string {
    return this.bytesOf(number).toString('hex');
  }

  private value(wireType: number): Field {
    if (wireType === 0) return this.varint();
    const length = wireType === 1 ? 8 : wireType === 5 ? 4 : Number(this.varint());
    const bytes = this.bytes.subarray(this.at, (this.at += length));
    if (wireType === 1) return bytes.readBigUInt64LE();
    return wireType === 5 ? BigInt(bytes.readUInt32LE()) : bytes;
  }

  private varint(): bigint {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = BigInt(this.bytes[this.at++] ?? 0);
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return value;
    }
  }
}

/** opentelemetry/proto/trace/v1/trace.proto */
function spansOf(request: Buffer): ReceivedSpan[] {
  return new Message(request).messages(1).flatMap((resourceSpans) => {
    const { 'service.name': service = '' } = attributesOf(resourceSpans.message(1), 1);
    return resourceSpans.messages(2).flatMap((scopeSpans) => scopeSpans.messages(2)).map((span) => ({
      service: String(service),
      traceId: span.hex(1), spanId: span.hex(2), parentId: span.hex(4), name: span.text(5), kind: Number(span.number(6)), startNs: span.number(7), endNs: span.number(8),
      attributes: attributesOf(span, 9),
      moments: span.messages(11).map((event) => ({ name: event.text(2), atNs: event.number(1) })),
      links: span.messages(13).map((link) => ({ traceId: link.hex(1), spanId: link.hex(2) })),
      status: { code: Number(span.message(15).number(3)), message: span.message(15).text(2) },
    }));
  });
}

/** KeyValue: 1 key, 2 value; AnyValue: 1 text, 2 boolean, 3 integer, 4 double. */
function attributesOf(message: Message, number: number): Record<string, string | number | boolean> {
  return Object.fromEntries(message.messages(number).map((pair): [string, string | number | boolean] => {
    const value = pair.message(2);
    if (value.has(1)) return [pair.text(1), value.text(1)];
    if (value.has(2)) return [pair.text(1), value.number(2) === 1n];
    if (value.has(4)) return [pair.text(1), Buffer.from(new BigUint64Array([value.number(4)]).buffer).readDoubleLE()];
    return [pair.text(1), Number(value.number(3))];
  }));
}
