import { expect, it } from '@jest/globals';
import { type BeforeApplicationShutdown, Injectable, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { captureLog } from '#dev/testing/log-capture';
import { loadConfig } from '#ground/config/config';
import { HealthModule } from '#ground/health/health.module';
import { Lifetime } from './lifetime.js';
import { createApp } from './run-app.js';

const order: string[] = [];
let started = Promise.withResolvers<void>();
let drained = Promise.withResolvers<void>();

@Injectable()
class SlowLifecycle implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  constructor(private readonly lifetime: Lifetime) {}

  onApplicationBootstrap(): void {
    this.lifetime.begin(async (signal) => {
      order.push('start');
      await Promise.race([started.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
      signal.throwIfAborted();
      this.lifetime.ready();
      order.push('started');
    });
  }

  async onModuleDestroy(): Promise<void> {
    order.push('stop');
    await this.lifetime.stop();
    order.push('start ended');
  }

  async beforeApplicationShutdown(): Promise<void> {
    await drained.promise;
    order.push('drained');
  }
}

@Module({ imports: [HealthModule.of({ needs: [] })], providers: [SlowLifecycle] })
class SlowModule {}

async function listen(): Promise<{ app: Awaited<ReturnType<typeof createApp>>; health: (probe: string) => Promise<string> }> {
  order.length = 0;
  started = Promise.withResolvers();
  drained = Promise.withResolvers();
  const config = loadConfig({ DATABASE_URL: 'postgresql://u@127.0.0.1/db', KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_SECRET_KEY: 'test-secret-key-0123456789abcdef0123456789' });
  const app = await createApp({ module: SlowModule }, { config, logger: captureLog().logger, fatal: () => undefined });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const health = async (probe: string): Promise<string> => {
    const response = await fetch(`${url}/health/${probe}`);
    const { details } = (await response.json()) as { details: { startup?: { message?: string } } };
    return `${response.status} ${details.startup?.message ?? ''}`.trim();
  };
  return { app, health };
}

it('listens during the start; during the stop it is alive but not ready until HTTP closes', async () => {
  const { app, health } = await listen();
  expect([await health('live'), await health('startup'), await health('ready')]).toEqual(['200', '503 waiting for Postgres', '503 waiting for Postgres']);
  started.resolve();
  await app.get(Lifetime).started;
  expect([await health('live'), await health('startup'), await health('ready')]).toEqual(['200', '200', '200']);
  const closed = app.close();
  expect([await health('live'), await health('ready')]).toEqual(['200', '503 stopping']);
  drained.resolve();
  await closed;
  expect(order).toEqual(['start', 'started', 'stop', 'start ended', 'drained']);
});

it('a stop aborts a start under way, and continues when the start has ended', async () => {
  const { app } = await listen();
  drained.resolve();
  const failure = app.get(Lifetime).started.catch((error: Error) => error.name);
  await app.close();
  expect(await failure).toBe('AbortError');
  expect(order).toEqual(['start', 'stop', 'start ended', 'drained']);
});

it('starts nothing when the port is taken', async () => {
  const { app: first } = await listen();
  const { port } = first.getHttpServer().address() as { port: number };
  order.length = 0;
  const config = loadConfig({ DATABASE_URL: 'postgresql://u@127.0.0.1/db', KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_SECRET_KEY: 'test-secret-key-0123456789abcdef0123456789' });
  const second = await createApp({ module: SlowModule }, { config, logger: captureLog().logger, fatal: () => undefined });
  await expect(second.listen(port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
  drained.resolve();
  await Promise.all([first.close(), second.close()]);
  expect(order).not.toContain('start');
});
