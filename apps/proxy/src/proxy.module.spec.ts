import { expect, test } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { documentedPools } from '#dev/testing/documented-pools';
import { captureLog } from '#dev/testing/log-capture';
import { PgPools } from '#ground/postgres/pg-pools';
import { ProcessModule } from '#ground/process/process.module';
import { loadProxyConfig } from './proxy-config.js';
import { ProxyLifecycle } from './proxy.lifecycle.js';
import { ProxyModule } from './proxy.module.js';

test('all that the proxy injects is provided, with the pools that are documented', async () => {
  const config = loadProxyConfig({ DATABASE_URL: 'postgresql://db/x', UPSTREAM_URL: 'http://backend' });
  const context = { config, logger: captureLog().logger, fatal: () => undefined };
  const module = await Test.createTestingModule({ imports: [ProcessModule.of(context), ProxyModule] }).compile();
  expect(module.get(ProxyLifecycle)).toBeInstanceOf(ProxyLifecycle);
  expect(module.get(PgPools).sizes).toEqual(documentedPools('proxy'));
});
