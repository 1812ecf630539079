import { afterEach, expect, it } from '@jest/globals';
import { Controller, type INestMicroservice, Module, UseFilters } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type CustomTransportStrategy, EventPattern, Payload, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { HandlerErrorFilter } from './handler-error.filter.js';
import type { BatchResult, ShardBatch } from './shard-batch.js';
import { handlersByTopic } from './topic-handlers.js';

const BATCH: ShardBatch = { shard: 0, topic: 'events', records: [], firstOffset: 3, nextOffset: 4, logEnd: 4, endsLog: true };
const failure = new TypeError('a bug', { cause: new Error('its cause') });

@Controller()
@UseFilters(HandlerErrorFilter)
class Handlers {
  @EventPattern('events')
  events(@Payload() batch: ShardBatch): BatchResult {
    return { kind: 'pause', fromOffset: batch.firstOffset, durationMs: 1 };
  }

  @EventPattern('retry')
  retry(@Payload() batch: ShardBatch): Promise<BatchResult> {
    return Promise.reject(batch.firstOffset < 0 ? new Error('another') : failure);
  }

  @EventPattern('order.created')
  orderCreated(@Payload() batch: ShardBatch): Promise<BatchResult> {
    return Promise.resolve({ kind: 'pause', fromOffset: batch.nextOffset, durationMs: 2 });
  }
}

@Controller()
class MoreHandlers {
  @EventPattern('events')
  events(@Payload() batch: ShardBatch): BatchResult {
    return batch.endsLog ? { kind: 'done' } : { kind: 'closed' };
  }
}

/** Nest's own registration of handlers, without a broker. */
class LocalTransport extends Server implements CustomTransportStrategy {
  listen(callback: () => void): void {
    callback();
  }

  close(): void {
    return;
  }

  on(): never {
    throw new Error('has no events');
  }

  unwrap(): never {
    throw new Error('wraps nothing');
  }

  async call(topic: string): Promise<unknown> {
    const handler = handlersByTopic([topic], this.messageHandlers).get(topic);
    if (handler === undefined) throw new Error('no handler');
    return lastValueFrom(this.transformToObservable(await handler(BATCH)));
  }
}

let app: INestMicroservice | undefined;

afterEach(() => app?.close());

async function transportWith(controllers: (new () => object)[]): Promise<LocalTransport> {
  @Module({ controllers })
  class App {}

  const strategy = new LocalTransport();
  app = await NestFactory.createMicroservice(App, { strategy, logger: false });
  await app.init();
  return strategy;
}

it('finds the handler of a topic by its whole name, or by its name up to the first dot', async () => {
  const transport = await transportWith([Handlers]);
  expect(await transport.call('events')).toEqual({ kind: 'pause', fromOffset: 3, durationMs: 1 });
  expect(await transport.call('order.created')).toEqual({ kind: 'pause', fromOffset: 4, durationMs: 2 });
  expect(handlersByTopic(['retry.1s', 'retry.5m'], transport.getHandlers()).size).toBe(2);
});

it('gives the transport the error of a handler, with its cause', async () => {
  const transport = await transportWith([Handlers]);
  await expect(transport.call('retry.1s')).rejects.toBe(failure);
});

it('refuses a topic without a handler, or with two', async () => {
  const transport = await transportWith([Handlers, MoreHandlers]);
  await expect(transport.call('control')).rejects.toThrow('No handler for the topic control');
  await expect(transport.call('events')).rejects.toThrow('Several handlers for the topic events');
});
