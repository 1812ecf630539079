import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenRequest {
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
}

export interface TokenAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Text as it is; anything else as JSON. */
  readonly body: unknown;
}

/** An OAuth 2 server that gives access tokens, `token-1` first, and records what it was asked. */
export class TokenServer {
  readonly requests: TokenRequest[] = [];
  /** Undefined: it never answers. */
  answer: () => TokenAnswer | undefined = () => ({ body: { access_token: `token-${this.requests.length}`, token_type: 'Bearer', expires_in: 3_600 } });
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        this.requests.push({ headers: request.headers, form: new URLSearchParams(body) });
        const answer = this.answer();
        if (answer === undefined) return;
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
        response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
      });
    });
  }

  static async start(): Promise<TokenServer> {
    const tokens = new TokenServer();
    await new Promise<void>((resolve) => tokens.server.listen(0, '127.0.0.1', resolve));
    return tokens;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/oauth/token`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
