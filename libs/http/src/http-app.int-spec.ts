import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { captureLog } from '#testing/log-capture';
import { openSocket, requestBytes } from '#testing/raw-http';
import { createHttpApp } from './http-app.js';

const never = Promise.withResolvers<string>();

@Controller()
class SilentController {
  @Get('silent')
  silent(): Promise<string> {
    return never.promise;
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
  never.resolve('');
  await app.close();
});
