import { createServer, Server } from 'node:http';
import { afterEach, expect, it, jest } from '@jest/globals';
import { All, Controller, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { freePort } from '#dev/testing/free-port';
import { captureLog } from '#dev/testing/log-capture';
import { requestBytes, sendRaw } from '#dev/testing/raw-http';
import { HealthModule } from '#ground/health/health.module';
import { loadConfig } from '#ground/config/config';
import { createApp } from '#ground/process/run-app';
import { Public } from './access.js';
import { LoadShedding } from './load-shedding.js';

/** Takes every path, as the proxy does. */
@Controller()
class EverythingController {
  @All('*')
  @Public()
  everything(): string {
    return 'from the app';
  }
}

@Module({ imports: [HealthModule.of({ needs: [] })], controllers: [EverythingController] })
class AppModule {}

let app: NestFastifyApplication | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function listen(managementPort: number | undefined, { logger } = captureLog()): Promise<string> {
  const config = loadConfig({
    DATABASE_URL: 'postgresql://u@127.0.0.1/db', KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_SECRET_KEY: 'test-secret-key-0123456789abcdef0123456789',
    ...(managementPort === undefined ? {} : { MANAGEMENT_PORT: String(managementPort) }),
  });
  app = await createApp({ module: AppModule }, { config, logger, fatal: () => undefined });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

/** What each path answers: the app, a metric, a health document, or a problem's code. */
async function answersOf(url: string, paths: readonly string[]): Promise<Record<string, string>> {
  const entries = paths.map(async (path) => {
    const response = await fetch(`${url}${path}`);
    const text = await response.text();
    const kind = text.startsWith('{') ? ((JSON.parse(text) as { code?: string }).code ?? 'health') : text.startsWith('# HELP') ? 'metrics' : text;
    return [path, `${response.status} ${kind}`];
  });
  return Object.fromEntries((await Promise.all(entries)) as [string, string][]);
}

const PATHS = ['/health/live', '/health/startup', '/metrics', '/metrics?x=1', '/%6detrics', '/v1/events', '/health', '/healthy', '/'];

it('without a management port, the app serves all', async () => {
  const url = await listen(undefined);
  expect(await answersOf(url, PATHS)).toEqual({
    '/health/live': '200 health', '/health/startup': '503 health', '/metrics': '200 metrics', '/metrics?x=1': '200 metrics', '/%6detrics': '200 metrics',
    '/v1/events': '200 from the app', '/health': '200 from the app', '/healthy': '200 from the app', '/': '200 from the app',
  });
});

it('with one, metrics are only there, health is on both, and nothing else is there', async () => {
  const port = await freePort();
  const url = await listen(port);
  expect(await answersOf(`http://127.0.0.1:${port}`, PATHS)).toEqual({
    '/health/live': '200 health', '/health/startup': '503 health', '/metrics': '200 metrics', '/metrics?x=1': '200 metrics', '/%6detrics': '200 metrics',
    '/v1/events': '404 not_found', '/health': '404 not_found', '/healthy': '404 not_found', '/': '404 not_found',
  });
  expect(await answersOf(url, PATHS)).toEqual({
    '/health/live': '200 health', '/health/startup': '503 health', '/metrics': '404 not_found', '/metrics?x=1': '404 not_found', '/%6detrics': '404 not_found',
    '/v1/events': '200 from the app', '/health': '200 from the app', '/healthy': '200 from the app', '/': '200 from the app',
  });
});

it('a management port answers while the app sheds every request', async () => {
  const port = await freePort();
  const url = await listen(port);
  app?.get(LoadShedding).shedWhen(() => true);
  expect((await fetch(`${url}/health/live`)).status).toBe(503);
  expect(await answersOf(`http://127.0.0.1:${port}`, ['/health/live', '/metrics'])).toEqual({ '/health/live': '200 health', '/metrics': '200 metrics' });
});

it('an app whose management port is taken does not listen at all, and says which port', async () => {
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await expect(listen(port)).rejects.toThrow(`MANAGEMENT_PORT cannot be used: listen EADDRINUSE: address already in use 127.0.0.1:${port}`);
  expect(app?.getHttpServer().listening).toBe(false);
  await new Promise((resolve) => other.close(resolve));
});

it('the management port closes with the app, and cuts connections that are kept open', async () => {
  const port = await freePort();
  await listen(port);
  await (await fetch(`http://127.0.0.1:${port}/health/live`)).text();
  await app?.close();
  await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow('fetch failed');
});

it('the management port refuses what the app\'s port refuses, and says why', async () => {
  const port = await freePort();
  const refusals: [Buffer, number, string][] = [
    [requestBytes('GET', '/metrics', [['Host', 'a'], ['X-Long', 'a'.repeat(17_000)], ['Connection', 'close']]), 431, 'headers_too_large'],
    [requestBytes('GET', '/metrics', [['Connection', 'close']]), 400, 'invalid_request'],
    [Buffer.from('no HTTP\r\n\r\n'), 400, 'invalid_request'],
  ];
  const url = await listen(port);
  for (const [bytes, status, code] of refusals) {
    for (const address of [url, `http://127.0.0.1:${port}`]) {
      const answer = await sendRaw(address, bytes);
      expect([address, answer?.status, JSON.parse(answer?.body.toString() || '{}')]).toMatchObject([address, status, { code }]);
    }
  }
});

it('a management port that cannot accept a connection is logged, and the process goes on', async () => {
  const bound = jest.spyOn(Server.prototype, 'listen');
  const [port, log] = [await freePort(), captureLog()];
  await listen(port, log);
  const server = bound.mock.contexts.find((each) => JSON.stringify((each as Server).address()).includes(`"port":${port}`)) as Server;
  bound.mockRestore();
  for (let i = 0; i < 2; i++) server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  expect(log.lines.filter(({ level }) => level === 50)).toMatchObject(Array(2).fill({ msg: 'The management port cannot accept a connection', err: { code: 'EMFILE' } }));
});
