import { expect, test } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { captureLog } from '#dev/testing/log-capture';
import { ProcessModule } from '#ground/process/process.module';
import { loadOrdersConfig } from './orders-config.js';
import { OrdersLifecycle } from './orders.lifecycle.js';
import { OrdersModule } from './orders.module.js';

test('all that the orders app injects is provided', async () => {
  const config = loadOrdersConfig({ DATABASE_URL: 'postgresql://db/x', KAFKA_BROKERS: 'kafka:9092' });
  const context = { config, logger: captureLog().logger, fatal: () => undefined };
  const module = await Test.createTestingModule({ imports: [ProcessModule.of(context), OrdersModule] }).compile();
  expect(module.get(OrdersLifecycle)).toBeInstanceOf(OrdersLifecycle);
});
