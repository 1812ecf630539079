import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#dev/testing/wait-until';
import { type Fate, NO_ANSWER, ODD_RESPONSES, ordinary, type RawResponse } from './odd-responses.js';
import { type OpenArrival, type Receiver, ReceiverConnection } from './receiver-connection.js';

const REQUEST = 'POST /hook/first~1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab';

let arrivals: OpenArrival[];
let misuses: string[];
let response: RawResponse | undefined;
let fate: Fate;
let resets: boolean;
let server: Server;
let client: Client;

/** Answers each request with `response`; leaves it open while there is none. */
const receiver: Receiver = {
  arrived: () => {
    // The connection uses only these fields.
    const arrival = { arrivedAtMs: 0, endedAtMs: -1, status: undefined, oddity: undefined, closedReused: false, key: '' } as OpenArrival;
    arrivals.push(arrival);
    return arrival;
  },
  bodyCame: (arrival, body) => (arrival.key = body),
  answer: (connection) => {
    if (resets) connection.reset();
    else if (response !== undefined) void connection.respond(response);
  },
  nextFate: () => fate,
  misused: (what) => misuses.push(what),
};

function wholeOf({ bytes, late = Buffer.alloc(0) }: RawResponse): Buffer {
  return Buffer.concat([bytes, late]);
}

class Client {
  received = Buffer.alloc(0);
  chunks = 0;
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.chunks += 1;
    });
  }

  static async open(): Promise<Client> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    return new Client(socket);
  }

  async exchange(): Promise<void> {
    const answered = this.received.length;
    this.socket.write(REQUEST);
    await waitUntil('the whole response', () => response !== undefined && this.received.length - answered === wholeOf(response).length);
  }

  async untilClosed(): Promise<void> {
    await waitUntil('the end of the connection', () => this.closed);
  }
}

beforeEach(async () => {
  arrivals = [];
  misuses = [];
  response = ordinary(200);
  fate = 'answers';
  resets = false;
  server = createServer((socket) => new ReceiverConnection(socket, receiver)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = await Client.open();
});

afterEach(async () => {
  client.socket.destroy();
  server.close();
  await once(server, 'close');
});

describe('ReceiverConnection', () => {
  it.each(ODD_RESPONSES)('writes $oddity, and records it', async (odd) => {
    response = odd;
    await client.exchange();
    expect(client.received.equals(wholeOf(odd))).toBe(true);
    await waitUntil('the record', () => arrivals[0]?.status !== undefined);
    expect(arrivals).toEqual([expect.objectContaining({ key: 'ab', status: odd.status, oddity: odd.oddity, closedReused: false })]);
    expect(arrivals[0]?.endedAtMs).toBeGreaterThan(0);
    if (odd.inSingleBytes) expect(client.chunks).toBeGreaterThan(odd.bytes.length / 2);
    if (odd.closes) await client.untilClosed();
    expect(misuses).toEqual([]);
  });

  it('answers one request after the other on a connection', async () => {
    for (let i = 0; i < 3; i++) await client.exchange();
    expect(arrivals.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(misuses).toEqual([]);
  });

  it.each([['closes unread', 1], ['closes read', 2]] as const)('%s: the next request on the connection gets no byte', async (next, recorded) => {
    fate = next;
    await client.exchange();
    const { length } = client.received;
    client.socket.write(REQUEST);
    await client.untilClosed();
    expect(client.received).toHaveLength(length);
    expect(arrivals).toHaveLength(recorded);
    expect(arrivals.map(({ closedReused }) => closedReused)).toEqual([false, true].slice(0, recorded));
    expect(arrivals.at(-1)?.endedAtMs).toBeGreaterThan(0);
  });

  it('is spoilt: a request between a response and its late bytes gets only these', async () => {
    const late = ODD_RESPONSES.find((odd) => odd.late !== undefined);
    response = late;
    client.socket.write(REQUEST);
    await new Promise((resolve) => client.socket.once('data', resolve));
    client.socket.write(REQUEST);
    await waitUntil('the second request', () => arrivals.at(1)?.closedReused);
    await waitUntil('the late bytes', () => client.received.length > (late?.bytes.length ?? Infinity));
    expect(client.received.subarray(late?.bytes.length)).toEqual(late?.late);
    expect(arrivals).toMatchObject([{ status: 204, closedReused: false }, { status: undefined, closedReused: true }]);
  });

  it('swallows: the next request gets no byte, and the connection must not be used again', async () => {
    fate = 'swallows';
    await client.exchange();
    const { length } = client.received;
    client.socket.write(REQUEST);
    await waitUntil('the request', () => arrivals.at(1)?.oddity === NO_ANSWER);
    client.socket.write(REQUEST);
    await client.untilClosed();
    expect(client.received).toHaveLength(length);
    expect(misuses).toEqual(['more bytes came before the answer']);
    expect(arrivals).toMatchObject([{ status: 200 }, { status: undefined, closedReused: false }]);
  });

  it.each([[0, false], [1, true]] as const)('resets a connection after %i answers, and records whether it had been used', async (answers, closedReused) => {
    for (let i = 0; i < answers; i++) await client.exchange();
    resets = true;
    client.socket.write(REQUEST);
    await client.untilClosed();
    expect(arrivals.at(-1)).toMatchObject({ status: undefined, closedReused });
    expect(arrivals).toHaveLength(answers + 1);
  });

  it('closes idle: without another request', async () => {
    fate = 'closes idle';
    await client.exchange();
    await client.untilClosed();
    expect(arrivals).toHaveLength(1);
  });

  it.each(ODD_RESPONSES.filter(({ endsConnection, closes }) => endsConnection && !closes))('finds another request after $oddity', async (odd) => {
    response = odd;
    await client.exchange();
    client.socket.write(REQUEST);
    await client.untilClosed();
    expect(misuses).toEqual([`a connection was used again after ${odd.oddity}`]);
  });

  it('finds requests that are malformed, or come before the answer', async () => {
    client.socket.write(REQUEST.replace('Host', 'Ho st'));
    await client.untilClosed();
    response = undefined;
    client = await Client.open();
    client.socket.write(REQUEST);
    await waitUntil('the request', () => arrivals[0]?.key === 'ab');
    client.socket.write(REQUEST);
    await client.untilClosed();
    expect(misuses).toEqual(['MalformedRequest: the header line "Ho st: h"', 'more bytes came before the answer']);
  });

  it('records the end of a request whose sender goes away', async () => {
    response = undefined;
    client.socket.write(REQUEST);
    await waitUntil('the request', () => arrivals[0]?.key === 'ab');
    client.socket.destroy();
    await waitUntil('the end', () => (arrivals[0]?.endedAtMs ?? 0) > 0);
    expect(arrivals[0]?.status).toBeUndefined();
  });
});
