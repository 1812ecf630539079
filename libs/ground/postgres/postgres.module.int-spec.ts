import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testProcess } from '#dev/testing/test-process';
import { PostgresIndicator } from '#ground/health/indicators';
import { ProcessModule } from '#ground/process/process.module';
import { InjectDatabase, InjectPool } from './inject-postgres.js';
import type { Database } from './pool.js';
import { PostgresModule } from './postgres.module.js';

@Injectable()
class Reader {
  constructor(
    @InjectDatabase('reading') readonly database: Database,
    @InjectPool('reading') readonly pool: pg.Pool,
  ) {}

  async session(): Promise<unknown> {
    return (await this.database.query("select current_setting('application_name') as name, current_setting('transaction_timeout') as timeout", []))['rows'][0];
  }
}

@Module({ imports: [PostgresModule.pool({ name: 'reading', max: 1, serves: 'requests', health: true })], providers: [Reader], exports: [PostgresModule, Reader] })
class ReadingModule {}

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

function compile(...imports: object[]): Promise<TestingModule> {
  return Test.createTestingModule({
    imports: [ProcessModule.of(testProcess(database.url)), PostgresModule.forRoot({ app: 'test', transactionTimeoutMs: ({ leaseTtlMs }) => leaseTtlMs / 2 }), ...imports as never[]],
  }).compile();
}

it('gives a named pool with the limits of its registration, and ends it when the app closes', async () => {
  const app = await compile(ReadingModule);
  const reader = app.get(Reader);
  expect(await reader.session()).toEqual({ name: 'lockstep-test-reading', timeout: '5s' });
  await expect(reader.database.query('select 1 / $1::int', [0])).rejects.toMatchObject({ code: 'invalid_request' });
  expect(app.get(PostgresIndicator, { strict: false })).toBeInstanceOf(PostgresIndicator);
  await app.init();
  await app.close();
  expect(reader.pool.ended).toBe(true);
});

it('refuses a second pool of a name', async () => {
  @Module({ imports: [PostgresModule.pool({ name: 'reading', max: 2 })] })
  class OtherModule {}
  await expect(compile(ReadingModule, OtherModule)).rejects.toThrow('The pool reading is registered twice');
});
