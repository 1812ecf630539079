/** The bare gateway: signature check, idempotency key, group commit, 202. The relay to Kafka runs in it too. */
import { createHmac } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';
import { startRelay } from './relay.mjs';
import { settings, statement } from './settings.mjs';

const BATCH_EVENTS = 512;

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 1 });
const relay = await startRelay();
const accept = statement('accept');
const waiting = [];
let committing = false;

function commit(key, entity, payload) {
  return new Promise((resolve, reject) => {
    waiting.push({ key, entity, payload, resolve, reject });
    if (committing) return;
    committing = true;
    // After this turn of the event loop, so that requests that arrived in the same turn share the first commit.
    setImmediate(commitWaiting);
  });
}

/** Requests that arrive during a commit form the next one. */
async function commitWaiting() {
  while (waiting.length > 0) {
    const batch = waiting.splice(0, BATCH_EVENTS);
    try {
      const values = [batch.map(({ key }) => key), batch.map(({ entity }) => entity), batch.map(({ payload }) => payload)];
      await pool.query({ ...accept, values });
      for (const { resolve } of batch) resolve();
      relay.nudge();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
  committing = false;
}

const app = fastify({ logger: false });
app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
app.post('/webhooks', async (request, reply) => {
  const { body, headers } = request;
  const signature = createHmac('sha256', settings.signingSecret).update(body).digest('hex');
  if (signature !== headers['x-webhook-signature']) return reply.code(403).send();
  const key = headers['idempotency-key'];
  await commit(key, JSON.parse(body).entity, body);
  reply.code(202);
  return { id: key };
});
await app.listen({ port: settings.port, host: '127.0.0.1' });
process.send?.('ready');
