import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A request as it arrived: its head as text of one byte a character, and its body. */
export interface RawRequest {
  readonly head: string;
  readonly body: Buffer;
  /** Counts from 1, over all connections. */
  readonly number: number;
  /** Of the connection, in the order in which they were opened, from 0. */
  readonly connection: number;
}

/** A server that writes any bytes as a response, and knows on which connection each request came. */
export class RawReceiver {
  readonly requests: RawRequest[] = [];
  /** Connections that were opened so far. */
  connections = 0;
  /** Called for each complete request. */
  respond: (socket: Socket, request: RawRequest) => void = (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  /** Called for each new connection. */
  onConnection: (socket: Socket) => void = () => undefined;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor() {
    this.server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.accept(socket));
  }

  static async start(): Promise<RawReceiver> {
    const receiver = new RawReceiver();
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook?a=b`);
  }

  /** Connections that are open now. */
  get open(): number {
    return this.sockets.size;
  }

  async stop(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private accept(socket: Socket): void {
    const connection = this.connections++;
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    // Half-open until its response is written.
    socket.on('end', () => socket.end());
    this.onConnection(socket);
    let unread = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      for (let size = this.read(socket, unread, connection); size !== undefined; size = this.read(socket, unread, connection)) unread = unread.subarray(size);
    });
  }

  /** @returns the size of the request that the bytes begin with, if it is complete */
  private read(socket: Socket, bytes: Buffer, connection: number): number | undefined {
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd < 0) return undefined;
    const head = bytes.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const size = headEnd + 4 + length;
    if (bytes.length < size) return undefined;
    const request = { head, body: Buffer.from(bytes.subarray(headEnd + 4, size)), number: this.requests.length + 1, connection };
    this.requests.push(request);
    this.respond(socket, request);
    return size;
  }
}
