import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { captureLog } from '#testing/log-capture';
import { finalAnswerIn, openSocket, readToEnd, requestBytes } from '#testing/raw-http';
import { waitUntil } from '#testing/wait-until';
import { closeHttpApp, createHttpApp } from './http-app.js';

const never = Promise.withResolvers<string>();
const soon = Promise.withResolvers<string>();
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
}

@Module({ controllers: [SilentController] })
class SilentModule {}

it('a connection without a byte is closed after as long as the app says', async () => {
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

it('a close answers what is in flight, cuts what has no answer when the drain is over, and takes nothing new', async () => {
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
