import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { captureLog } from '#dev/testing/log-capture';
import { finalAnswerIn, openSocket, type RawAnswer, readToEnd, requestBytes, sendRaw } from '#dev/testing/raw-http';
import { waitUntil } from '#dev/testing/wait-until';
import { closeHttpApp, createHttpApp, type HttpAppOptions } from './http-app.js';
import { LoadShedding } from './load-shedding.js';
import { StreamedBody } from './streamed-body.js';

const never = Promise.withResolvers<string>();
const soon = Promise.withResolvers<string>();
const later = Promise.withResolvers<string>();
let begun = 0;

@Controller()
class SilentController {
  @Get('silent')
  silent(): Promise<string> {
    begun += 1;
    return never.promise;
  }

  @Get('soon')
  soon(): Promise<string> {
    begun += 1;
    return soon.promise;
  }

  @Get('later')
  later(): Promise<string> {
    begun += 1;
    return later.promise;
  }

  @Post('read')
  read(): string {
    begun += 1;
    return 'read';
  }
}

@Module({ controllers: [SilentController] })
class SilentModule {}

it('closes a silent connection after the time that the app sets', async () => {
  const captured = captureLog();
  const app = await createHttpApp(SilentModule, { logger: captured.logger, maxBodyBytes: 1_000, longestSilenceMs: 200 });
  await app.listen(0, '127.0.0.1');
  const socket = await openSocket(await app.getUrl());
  socket.write(requestBytes('GET', '/silent', [['host', 'a']]));
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  await once(socket, 'end');
  socket.destroy();
  expect(received).toEqual([]);
  expect(captured.lines.filter(({ level }) => level >= 50)).toEqual([]);
  await closeHttpApp(app, 0);
});

it('a slow body gets 408 and a closed connection at the time limit, and delays no other request', async () => {
  begun = 0;
  const captured = captureLog();
  const app = await createHttpApp(SilentModule, { logger: captured.logger, maxBodyBytes: 100_000, requestTimeoutMs: 2_000 });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const posting = (length: number, body: string): Buffer =>
    requestBytes('POST', '/read', [['host', 'a'], ['content-type', 'application/json'], ['content-length', String(length)], ['connection', 'close']], Buffer.from(body));
  const slow = await openSocket(url);
  slow.write(posting(100_000, '{'));
  // The limit holds for the whole request, not between two bytes.
  const trickle = setInterval(() => slow.writable && slow.write('1'), 50);
  const events: string[] = [];
  const cutOff = readToEnd(slow).finally(() => {
    clearInterval(trickle);
    events.push('cut off');
  });
  for (let i = 0; i < 3; i++) {
    expect((await sendRaw(url, posting(2, '{}')))?.status).toBe(201);
    events.push('served');
  }
  const answer = finalAnswerIn(await cutOff);
  expect(events).toEqual(['served', 'served', 'served', 'cut off']);
  expect([answer?.status, (JSON.parse(answer?.body.toString() ?? '') as { code: string }).code, answer?.headers['connection']]).toEqual([408, 'request_timeout', 'close']);
  // The server closed it, and no handler has seen the incomplete body.
  expect([slow.readableEnded, begun]).toEqual([true, 3]);
  expect(captured.lines.filter(({ level }) => level >= 50)).toEqual([]);
  await closeHttpApp(app, 0);
});

it('has the documented timeouts, unless the app says otherwise', async () => {
  const timeoutsOf = async (options: Partial<HttpAppOptions>): Promise<unknown> => {
    const app = await createHttpApp(SilentModule, { logger: captureLog().logger, maxBodyBytes: 1_000, ...options });
    const { requestTimeout, headersTimeout, keepAliveTimeout, timeout } = app.getHttpServer();
    await app.close();
    return { requestTimeout, headersTimeout, keepAliveTimeout, timeout };
  };
  expect(await timeoutsOf({})).toEqual({ requestTimeout: 30_000, headersTimeout: 5_000, keepAliveTimeout: 72_000, timeout: 360_000 });
  expect(await timeoutsOf({ bodies: 'streams' })).toMatchObject({ requestTimeout: 300_000, headersTimeout: 5_000 });
  expect(await timeoutsOf({ requestTimeoutMs: 2_000, longestSilenceMs: 200 })).toMatchObject({ requestTimeout: 2_000, headersTimeout: 2_000, timeout: 200 });
});

it('sheds a request before its body is read once a predicate matches, and serves others', async () => {
  begun = 0;
  const app = await createHttpApp(SilentModule, { logger: captureLog().logger, maxBodyBytes: 1_000 });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const post = (path: string, length = 2): Promise<RawAnswer | undefined> =>
    sendRaw(url, requestBytes('POST', path, [['host', 'a'], ['content-type', 'application/json'], ['content-length', String(length)]], Buffer.from('{}')));
  expect((await post('/read'))?.status).toBe(201);
  app.get(LoadShedding).shedWhen((request) => request.url === '/read');
  const shed = await post('/read');
  expect([shed?.status, shed?.headers['retry-after'], shed?.headers['connection'], JSON.parse(shed?.body.toString() ?? '')]).toMatchObject([503, '1', 'keep-alive', { code: 'overloaded' }]);
  // Two of 5,000 bytes have arrived: the answer does not wait for a body that would be refused.
  const large = await post('/read', 5_000);
  expect([large?.status, large?.headers['connection']]).toEqual([503, 'close']);
  expect((await post('/silent'))?.status).toBe(405);
  expect(begun).toBe(1);
  await app.close();
});

it('a close answers requests in flight, cuts the others after the drain time, and refuses new ones', async () => {
  begun = 0;
  const app = await createHttpApp(SilentModule, { logger: captureLog().logger, maxBodyBytes: 1_000 });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask = async (path: string): Promise<Buffer> => {
    const socket = await openSocket(url);
    socket.write(requestBytes('GET', path, [['host', 'a']]));
    return readToEnd(socket);
  };
  const [answered, cut] = [ask('/soon'), ask('/silent')];
  await waitUntil('both requests', () => begun === 2);
  const closed = closeHttpApp(app, 500);
  await waitUntil('a refusal', () => openSocket(url).then((socket) => void socket.destroy(), () => true));
  soon.resolve('at last');
  expect(finalAnswerIn(await answered)?.body.toString()).toBe('at last');
  expect(await cut).toEqual(Buffer.alloc(0));
  await closed;
});

it('a close does not wait for a kept connection whose last request was in flight when it began', async () => {
  begun = 0;
  const app = await createHttpApp(SilentModule, { logger: captureLog().logger, maxBodyBytes: 1_000 });
  await app.listen(0, '127.0.0.1');
  const socket = await openSocket(await app.getUrl());
  socket.write(requestBytes('GET', '/later', [['host', 'a']]));
  await waitUntil('the request', () => begun === 1);
  const closed = closeHttpApp(app, 30_000);
  await waitUntil('the close', () => !app.getHttpServer().listening);
  const startedMs = performance.now();
  later.resolve('at last');
  expect(finalAnswerIn(await readToEnd(socket))?.body.toString()).toBe('at last');
  await closed;
  expect(performance.now() - startedMs).toBeLessThan(15_000);
});

describe('bodies in another encoding than plain UTF-8', () => {
  const answersOf = async (options: Partial<HttpAppOptions>, headers: [string, string][], body: Buffer): Promise<RawAnswer | undefined> => {
    begun = 0;
    const app = await createHttpApp(SilentModule, { logger: captureLog().logger, maxBodyBytes: 1_000, ...options });
    await app.listen(0, '127.0.0.1');
    const answer = await sendRaw(await app.getUrl(), requestBytes('POST', '/read', [['host', 'a'], ['content-length', String(body.length)], ...headers], body));
    await app.close();
    return answer;
  };
  const json: [string, string] = ['content-type', 'application/json'];

  it.each<[string, [string, string][]]>([
    ['gzip', [json, ['content-encoding', 'gzip']]], ['br', [json, ['content-encoding', 'br']]], ['DEFLATE', [json, ['Content-Encoding', 'DEFLATE']]], ['identity, gzip', [json, ['content-encoding', 'identity, gzip']]],
    ['gzip', [json, ['content-encoding', 'identity'], ['content-encoding', 'gzip']]], ['no-such-coding', [json, ['content-encoding', 'no-such-coding']]],
    ['charset=ISO-8859-1', [['content-type', 'application/json; charset=ISO-8859-1']]], ['charset=utf-16', [['content-type', 'Application/JSON;Charset="utf-16"']]], ['charset=us-ascii', [['content-type', 'application/json; charset=utf-8; charset=us-ascii']]],
  ])('get 415 with %s, and do not reach the handler', async (name, headers) => {
    const answer = await answersOf({}, headers, gzipSync('{}'));
    const { code, detail } = JSON.parse(answer?.body.toString() ?? '') as { code: string; detail: string };
    expect([answer?.status, code, answer?.headers['accept'], answer?.headers['accept-encoding'], begun]).toEqual([415, 'unsupported_media_type', 'application/json', 'identity', 0]);
    expect(detail).toMatch(/^POST \/read takes /);
    expect(detail).toContain(name);
  });

  it.each<[string, [string, string][]]>([
    ['no parameters', [json]], ['identity', [json, ['content-encoding', 'Identity']]], ['UTF-8', [['content-type', 'application/json; charset=UTF-8']]], ['quoted', [['content-type', 'application/json;charset="utf-8"']]],
    ['utf8', [['content-type', 'application/json ; charset = utf8 ; q=1']]],
  ])('are not meant by headers with %s', async (_name, headers) => {
    expect((await answersOf({}, headers, Buffer.from('{}')))?.status).toBe(201);
  });

  it('pass through an app whose bodies are streams', async () => {
    expect((await answersOf({ bodies: 'streams' }, [['content-type', 'text/plain; charset=utf-16'], ['content-encoding', 'gzip']], gzipSync('x')))?.status).toBe(201);
  });
});

describe('a streamed body', () => {
  const HANDLER_MS = 3_000;
  const CLIENT_MS = 1_000;

  @Controller()
  class StreamController {
    /** Reads slowly, and answers with the number of bytes. */
    @Post('slowly')
    @RouteConfig({ streamedBodies: { mediaTypes: ['application/json'], maxBytes: 10_000_000 } })
    async slowly(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const body = new StreamedBody(request, reply, 10_000_000, CLIENT_MS);
      let length = 0;
      for (let bytes = await body.read(); bytes !== undefined; bytes = await body.read()) {
        if (length === 0) await new Promise((resolve) => setTimeout(resolve, HANDLER_MS));
        length += bytes.length;
      }
      body.close();
      void reply.code(200).send(String(length));
    }
  }

  @Module({ controllers: [StreamController] })
  class StreamModule {}

  const headOf = (length: number): Buffer => requestBytes('POST', '/slowly', [['host', 'a'], ['content-type', 'application/json'], ['content-length', String(length)], ['connection', 'close']]);

  it('is not cut off while its handler lets it wait, but while its client does', async () => {
    const app = await createHttpApp(StreamModule, { logger: captureLog().logger, maxBodyBytes: 1_000, requestTimeoutMs: 500 });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const [waiting, stalling] = [await openSocket(url), await openSocket(url)];
    const answers = [readToEnd(waiting), readToEnd(stalling)];
    // More than all buffers take, so most of it is sent after the time limit of a whole request.
    waiting.write(Buffer.concat([headOf(9_000_000), Buffer.alloc(9_000_000, '1')]));
    stalling.write(headOf(5));
    const [read, refused] = (await Promise.all(answers)).map(finalAnswerIn);
    expect([read?.status, read?.body.toString()]).toEqual([200, '9000000']);
    expect([refused?.status, (JSON.parse(refused?.body.toString() ?? '') as { code: string }).code, refused?.headers['connection']]).toEqual([408, 'request_timeout', 'close']);
    await app.close();
  });
});
