export const TEST_ADMIN_KEY = 'test-admin-key-0123456789abcdef';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when there is none. */
  readonly json: unknown;
}

/** A client of a gateway, with the admin key. */
export class GatewayClient {
  constructor(readonly url: string) {}

  async call(method: string, path: string, options: { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${TEST_ADMIN_KEY}`, ...(options.body === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers },
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined };
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  send(method: 'POST' | 'PUT' | 'PATCH', path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call(method, path, { body: JSON.stringify(body), headers });
  }

  /** Posts an event of the entity. */
  post(entity: string, data: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', '/v1/events', { type: 'order.created', entity, data }, headers);
  }
}

/** The text of a problem without the id of its request, which differs in each answer. */
export function withoutRequestId(text: string): string {
  return text.replace(/"requestId":"[^"]*"/, '"requestId":"req"');
}
