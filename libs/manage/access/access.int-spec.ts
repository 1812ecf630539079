import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Controller, Get, Module, Post, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { openSocket, finalAnswerIn, readToEnd, requestBytes } from '#dev/testing/raw-http';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testProcess } from '#dev/testing/test-process';
import { Public, Requires } from '#ground/http/access';
import { createHttpApp } from '#ground/http/http-app';
import type { Principal, Scope } from '#ground/http/principal';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { ProcessModule } from '#ground/process/process.module';
import { AccessModule } from './access.module.js';
import { keyHash } from './admin-key.js';
import { Authenticator } from './authenticator.js';

const KEY = 'an-admin-key-of-24-characters';

@Controller()
class ProbeController {
  @Get('who')
  @Requires('manage')
  who(@Req() { principal }: FastifyRequest): object {
    return { tenant: principal.tenant, actor: principal.actor, scopes: [...principal.scopes] };
  }

  @Post('who')
  @Requires('manage')
  post(): string {
    return 'posted';
  }

  @Get('open')
  @Public()
  open(): string {
    return 'open';
  }

  @Get('undeclared')
  undeclared(): string {
    return 'undeclared';
  }
}

@Module({ imports: [AccessModule], controllers: [ProbeController] })
class ProbeModule {}

let database: TestDatabase;
let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const process = testProcess(database.url);
  const module = { module: ProbeModule, imports: [ProcessModule.of(process), PostgresModule.forRoot({ app: 'test' })] };
  app = await createHttpApp(module, { logger: process.logger, maxBodyBytes: 100_000 });
  // All keys have all scopes so far: this header simulates a key with fewer.
  const authenticator = app.get(Authenticator, { strict: false });
  const principalOf = authenticator.principalOf.bind(authenticator);
  jest.spyOn(authenticator, 'principalOf').mockImplementation((headers) => {
    const principal = principalOf(headers);
    const scopes = headers['x-scopes'];
    return scopes === undefined || principal instanceof Promise ? principal : { ...principal, scopes: new Set(String(scopes).split(',') as Scope[]) };
  });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

afterAll(async () => {
  await app.close();
  await database.drop();
});

async function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: Partial<Principal> & { code?: string; detail?: string } }> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${KEY}`, ...headers } });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Partial<Principal>) : {} };
}

it('answers store_unavailable until the admin key is set, except on public routes', async () => {
  expect(await get('/who')).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
  expect(await get('/open', { authorization: '' })).toMatchObject({ status: 200 });
  app.get(Authenticator, { strict: false }).open(keyHash(KEY));
  expect(await get('/who')).toMatchObject({ status: 200 });
});

it('an admin key has all scopes, for the tenant that is named', async () => {
  expect((await get('/who')).body).toEqual({ tenant: 'default', actor: { type: 'admin', id: 'admin', name: 'Admin key' }, scopes: ['ingest', 'read', 'manage', 'admin'] });
  expect(await get('/who', { 'lockstep-tenant': 'nowhere' })).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});

it('refuses a principal without the scope and names the scope, and refuses every principal where none is declared', async () => {
  expect(await get('/who', { 'x-scopes': 'manage' })).toMatchObject({ status: 200 });
  expect(await get('/who', { 'x-scopes': 'ingest,read' })).toMatchObject({ status: 403, body: { code: 'forbidden', detail: 'The API key lacks the scope "manage"' } });
  expect(await get('/undeclared')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(await get('/undeclared', { authorization: '' })).toMatchObject({ status: 401 });
});

it('refuses a request without a key before its body is read', async () => {
  const socket = await openSocket(url);
  // The header announces 50,000 bytes, and none follows.
  socket.write(requestBytes('POST', '/who', [['host', 'a'], ['content-type', 'application/json'], ['content-length', '50000'], ['connection', 'close']]));
  expect(finalAnswerIn(await readToEnd(socket))?.status).toBe(401);
});
