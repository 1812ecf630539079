import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TcpProxy } from './tcp-proxy.js';
import { waitUntil } from './wait-until.js';

let server: Server;
let proxy: TcpProxy;
/** What the server got, and the sockets it got it on. */
let received: string;
let served: Socket[];
let clients: Socket[];

beforeEach(async () => {
  received = '';
  served = [];
  clients = [];
  server = createServer((socket) => {
    served.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received += chunk.toString();
      socket.write(`seen ${chunk.toString()};`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await TcpProxy.start('127.0.0.1', (server.address() as AddressInfo).port);
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await proxy.stop();
  server.close();
});

class Client {
  answers = '';
  error: string | undefined;
  closed = false;

  constructor(readonly socket: Socket) {
    clients.push(socket);
    socket.on('data', (chunk) => (this.answers += chunk.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code));
    socket.on('close', () => (this.closed = true));
  }

  async ask(text: string): Promise<void> {
    this.socket.write(text);
    await waitUntil(() => `the answer to ${text}, have ${this.answers}`, () => this.answers.endsWith(`seen ${text};`), 5_000);
  }
}

const client = (): Client => new Client(connect(proxy.port, '127.0.0.1'));
const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('TcpProxy', () => {
  it('forwards everything, and the end of a connection in both directions', async () => {
    const one = client();
    await one.ask('a');
    one.socket.end();
    await waitUntil('the server to see the end', () => served[0]?.closed);
    const two = client();
    await two.ask('b');
    served[1]?.end();
    await waitUntil('the client to see the end', () => two.closed);
  });

  it('cut: breaks all connections and refuses new ones until restore', async () => {
    const one = client();
    await one.ask('a');
    proxy.cut();
    await waitUntil('the break', () => one.closed);
    const two = client();
    await waitUntil('the refusal', () => two.closed);
    proxy.restore();
    await client().ask('b');
    expect(received).toBe('ab');
  });

  it('delay: delays every chunk, in order, on new connections too', async () => {
    const one = client();
    await one.ask('a');
    proxy.delay(100);
    const startedMs = performance.now();
    one.socket.write('b');
    await pass(10);
    one.socket.write('c');
    await waitUntil('both answers', () => one.answers === 'seen a;seen b;seen c;', 5_000);
    // There and back.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(195);
    const two = client();
    const beganMs = performance.now();
    await two.ask('d');
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(195);
    two.socket.write('e');
    proxy.restore();
    two.socket.write('f');
    await waitUntil('what was late before what came after', () => received === 'abcdef', 5_000);
  });

  it('delay: forwards the last bytes of a connection that ends', async () => {
    const one = client();
    await one.ask('a');
    proxy.delay(50);
    one.socket.end('b');
    await waitUntil('the end', () => served[0]?.closed);
    expect(received).toBe('ab');
  });

  it('half-open: connections stay open and silent; the bytes arrive after restore', async () => {
    const one = client();
    await one.ask('a');
    proxy.halfOpen();
    one.socket.write('b');
    served[0]?.write('unasked;');
    const two = client();
    two.socket.write('c');
    await pass(100);
    expect([one.answers, one.closed, two.answers, two.closed, received]).toEqual(['seen a;', false, '', false, 'a']);
    proxy.restore();
    await waitUntil('all of it', () => one.answers === 'seen a;unasked;seen b;' && two.answers === 'seen c;', 5_000);
  });

  it('half-open: the server does not notice a client that closes, and gets its bytes later', async () => {
    const one = client();
    await one.ask('a');
    proxy.halfOpen();
    one.socket.write('b');
    await pass(20);
    one.socket.destroy();
    await pass(100);
    expect(served[0]?.closed).toBe(false);
    proxy.restore();
    await waitUntil('the end', () => served[0]?.closed);
    expect(received).toBe('ab');
  });

  it('holdAnswers: requests arrive, on new connections too, and answers come after restore', async () => {
    const one = client();
    await one.ask('a');
    proxy.holdAnswers();
    one.socket.write('b');
    const two = client();
    two.socket.write('c');
    await waitUntil('both to arrive', () => received.includes('b') && received.includes('c'));
    await pass(50);
    expect([one.answers, one.closed, two.answers, two.closed]).toEqual(['seen a;', false, '', false]);
    proxy.restore();
    await waitUntil('both answers', () => one.answers === 'seen a;seen b;' && two.answers === 'seen c;', 5_000);
  });

  it('holdAnswers: a request that is cut before restore arrived without an answer', async () => {
    const one = client();
    proxy.holdAnswers();
    one.socket.write('a');
    await waitUntil('it to arrive', () => received === 'a');
    proxy.cut();
    await waitUntil('the break', () => one.closed);
    expect(one.answers).toBe('');
  });

  it('cutAt: forwards everything until a client sends these bytes, which do not arrive', async () => {
    const [one, two] = [client(), client()];
    const reached = proxy.cutAt('commit');
    await Promise.all([one.ask('a'), two.ask('b')]);
    one.socket.write('to commit it');
    await reached;
    await waitUntil('the break', () => one.closed && two.closed);
    expect([...received].sort().join('')).toBe('ab');
    proxy.restore();
    await client().ask('commit');
  });

  it('holdAnswersAt: forwards everything until a client sends these bytes, whose answer is held', async () => {
    const one = client();
    const reached = proxy.holdAnswersAt('commit');
    await one.ask('a');
    one.socket.write('commit');
    await reached;
    await waitUntil('it to arrive', () => received === 'acommit');
    one.socket.write('b');
    await waitUntil('what comes after it', () => received === 'acommitb');
    expect(one.answers).toBe('seen a;');
    proxy.restore();
    await waitUntil('all answers', () => one.answers.startsWith('seen a;seen commit') && one.answers.endsWith('b;'), 5_000);
  });

  it('reset: breaks both sides with a reset, once', async () => {
    const one = client();
    await one.ask('a');
    proxy.reset();
    await waitUntil('the break', () => one.closed && served[0]?.closed);
    expect(one.error).toBe('ECONNRESET');
    await client().ask('b');
  });
});
