import { createServer } from 'node:http';

/** A collector that reads spans and drops them. It counts requests and bytes, so that a run can tell that it got some. */
export async function startTraceCollector() {
  const received = { requests: 0, bytes: 0 };
  const server = createServer((request, response) => {
    received.requests += 1;
    request.on('data', ({ length }) => (received.bytes += length));
    request.on('end', () => response.end());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    received,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
