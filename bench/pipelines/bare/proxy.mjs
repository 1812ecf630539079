/** The bare reverse proxy that the idempotency proxy is compared with. */
import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

const app = fastify({ logger: false });
await app.register(proxy, { upstream: process.env.UPSTREAM_URL });
// The channel closes when the bench that started this process ends.
process.on('disconnect', () => process.exit(1));
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.send?.('ready');
