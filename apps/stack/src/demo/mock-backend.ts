import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Duration of `/slow`: longer than a lease. */
const SLOW_MS = 45_000;

/** A backend for the proxy's demo. It counts its calls, prints each one, and answers with the count. */
export class MockBackend {
  private calls = 0;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly server: Server;

  constructor(private readonly say: (line: string) => void) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** Listens on a free port; resolves with the URL. */
  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** Commands to try, with the expected results. */
  instructions(proxyUrl: string): string[] {
    return [
      '',
      '  Send the same key twice: the backend prints one call, and the second answer has `idempotent-replayed: true`.',
      `    curl -i ${proxyUrl}/ -H 'idempotency-key: order-1' -d '{"amount":1}'`,
      '  This request takes 45 s. A second one during that time (in another terminal) gets a 409; with `Prefer: wait=60` it waits.',
      `    curl -i ${proxyUrl}/slow -H 'idempotency-key: order-2' -d '{"amount":2}'`,
      '  A used key with another body gets a 422.',
      `    curl -i ${proxyUrl}/ -H 'idempotency-key: order-1' -d '{"amount":3}'`,
    ];
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume().once('end', () => {
      const call = ++this.calls;
      const { method = '', url = '' } = request;
      this.say(`Backend: call ${call}, ${method} ${url}`);
      const respond = (): void => {
        this.say(`Backend: call ${call} is done`);
        response.writeHead(201, { 'content-type': 'application/json' }).end(`${JSON.stringify({ call, method, url, at: new Date().toISOString() })}\n`);
      };
      if (url.split('?', 1)[0] !== '/slow') return respond();
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        respond();
      }, SLOW_MS);
      this.timers.add(timer);
    });
  }
}
