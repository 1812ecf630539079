import { expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { register } from 'prom-client';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { observeRequests } from './request-observer.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function observed(inject: (app: FastifyInstance) => Promise<unknown>): Promise<LogCapture['lines']> {
  const { logger, lines } = captureLog();
  logger.level = 'info';
  const app = fastify();
  app.decorateRequest('principal');
  app.addHook('onRequest', (request, _reply, done) => {
    request.principal = TEST_PRINCIPAL;
    done();
  });
  observeRequests(app, logger);
  const answer = (_request: unknown, reply: { code(status: number): unknown }): Promise<{ secret: string }> => {
    reply.code(201);
    return Promise.resolve({ secret: 'whsec_of-the-answer' });
  };
  app.post('/things/:id', { config: { access: 'manage' } }, answer);
  app.get('/things/:id', { config: { access: 'manage' } }, answer);
  app.post('/refused', { config: { access: 'manage' } }, (_request, reply) => reply.code(409).send());
  app.post('/events', { config: { access: 'ingest' } }, answer);
  app.get('/events', { config: { access: 'ingest', isRefused: true } }, answer);
  await inject(app);
  await app.close();
  return lines;
}

it('logs a management action in one line: who, what, to what; without the body', async () => {
  const lines = await observed((app) => app.inject({ method: 'POST', url: '/things/17?a=b', headers: { traceparent: TRACEPARENT }, payload: { secret: 'whsec_of-the-body' } }));
  expect(lines).toMatchObject([{
    level: 30, msg: 'Management action', tenant: TEST_PRINCIPAL.tenant, actor: TEST_PRINCIPAL.actor.id, actorName: TEST_PRINCIPAL.actor.name,
    method: 'POST', route: '/things/:id', params: { id: '17' }, status: 201, trace_id: '0af7651916cd43dd8448eb211c80319c',
  }]);
  expect(JSON.stringify(lines)).not.toContain('whsec_');
});

it('logs a slow management action at warn', async () => {
  const lines = await observed((app) => {
    app.addHook('onRequest', (_request, reply, done) => {
      Object.defineProperty(reply, 'elapsedTime', { value: 1_001 });
      done();
    });
    return app.inject({ method: 'POST', url: '/things/17' });
  });
  expect(lines).toMatchObject([{ level: 40, msg: 'Management action' }]);
});

it('logs no reads, no refused actions and no events at info', async () => {
  const lines = await observed(async (app) => {
    await app.inject({ method: 'GET', url: '/things/17' });
    await app.inject({ method: 'POST', url: '/refused' });
    await app.inject({ method: 'POST', url: '/events', payload: {} });
  });
  expect(lines).toEqual([]);
});

it('has the failures of routes that bring events from the start, so that the first ones count', async () => {
  let shown = '';
  await observed(async () => {
    shown = await register.getSingleMetricAsString('lockstep_http_request_duration_seconds');
  });
  const counts = shown.split('\n').filter((line) => / 0$/.test(line) && line.startsWith('lockstep_http_request_duration_seconds_count'));
  expect(counts).toEqual([500, 503].map((status) => `lockstep_http_request_duration_seconds_count{method="POST",route="/events",status="${status}"} 0`));
});
