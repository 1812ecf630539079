import { expect, it } from '@jest/globals';
import { SocketBudget } from '#ground/http-client/socket-budget';
import { Upstream } from './upstream.js';
import type { UpstreamFailure } from './upstream-exchange.js';

it('fails a request that gets no connection in time, of which nothing was sent', async () => {
  const upstream = new Upstream({ upstreamUrl: 'http://127.0.0.1:9' }, new SocketBudget(0));
  const failure = await new Promise<UpstreamFailure>((resolve, reject) => {
    upstream.send({ method: 'POST', url: '/', headers: [], body: undefined, isRepeatable: false, timeoutMs: 150 }, { onHead: reject, onData: () => true, onEnd: reject, onFailure: resolve });
  });
  expect(failure).toMatchObject({ kind: 'not_sent', error: { message: 'No connection to the backend within 150 ms' } });
  upstream.close();
});
