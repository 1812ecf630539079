import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoryEvent } from './story.js';

interface EndpointRow {
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const requestTimeoutMs = 10_000;

/** A client for the part of Lockstep's HTTP API that the demo uses. */
export class LockstepClient {
  constructor(
    private readonly gatewayUrl: string,
    private readonly adminKey: string,
  ) {}

  /** Sets the URL of the demo's endpoint, and creates the endpoint at the first start. */
  async setDemoEndpoint(url: string): Promise<void> {
    const existing = await this.findDemoEndpoint();
    if (existing === undefined) {
      await this.request('POST', '/v1/endpoints', { url, description: 'Receiver of the demo in npm start', metadata: { demo: 'true' } });
    } else {
      await this.request('PATCH', `/v1/endpoints/${existing.id}`, { url });
    }
  }

  /** Returns the event's id. Retries with the same idempotency key until the event is accepted or the signal aborts. */
  async post(event: StoryEvent, signal: AbortSignal): Promise<string> {
    const idempotencyKey = randomUUID();
    for (;;) {
      try {
        const accepted = (await this.request('POST', '/v1/events', { ...event, idempotencyKey })) as { id: string };
        return accepted.id;
      } catch (error) {
        if (error instanceof RefusedError && error.status < 500) throw error;
        await delay(500, undefined, { signal });
      }
    }
  }

  private async findDemoEndpoint(): Promise<EndpointRow | undefined> {
    let query = '?limit=250';
    for (;;) {
      const page = (await this.request('GET', `/v1/endpoints${query}`)) as { data: EndpointRow[]; nextCursor: string | null };
      const found = page.data.find(({ metadata }) => metadata['demo'] === 'true');
      if (found !== undefined || page.nextCursor === null) return found;
      query = `?limit=250&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
  }

  private async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.gatewayUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.adminKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    const text = await response.text();
    if (!response.ok) throw new RefusedError(response.status, `${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

class RefusedError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
