import { nowMs } from './clock.js';
import type { Endpoint } from './history.js';

const LIMIT_MS = 30_000;
const RETRY_MS = 300;

/** A client of the management API. Repeats a call, alternating between the gateways, until one succeeds. */
export class Operator {
  /** By name. */
  readonly endpoints = new Map<string, Endpoint>();

  constructor(
    private readonly gateways: () => readonly string[],
    private readonly adminKey: string,
  ) {}

  /** @param url of the receiver. The name is appended, and changes with each try: a try without an answer may have created an endpoint. */
  async addEndpoint(url: string, name: string): Promise<Endpoint> {
    let tries = 0;
    let used = name;
    const { id, timeoutMs } = (await this.call('POST', '/v1/endpoints', () => {
      used = tries++ === 0 ? name : `${name}-${tries}`;
      return { url: `${url}${used}` };
    })) as { id: string; timeoutMs: number };
    const endpoint = { id, createdAtMs: nowMs(), timeoutMs };
    this.endpoints.set(used, endpoint);
    return endpoint;
  }

  async pause(name: string): Promise<void> {
    await this.call('POST', `/v1/endpoints/${this.idOf(name)}/pause`);
  }

  async resume(name: string): Promise<void> {
    await this.call('POST', `/v1/endpoints/${this.idOf(name)}/resume`);
  }

  /** Returns the number of dead letters. */
  async replayDeadLetters(): Promise<number> {
    const { matched } = (await this.call('POST', '/v1/dead-letters/replay', () => ({ all: true }))) as { matched: number };
    return matched;
  }

  private idOf(name: string): string {
    const endpoint = this.endpoints.get(name);
    if (endpoint === undefined) throw new Error(`No endpoint is called ${name}`);
    return endpoint.id;
  }

  private async call(method: string, path: string, body?: () => unknown): Promise<unknown> {
    const deadlineMs = performance.now() + LIMIT_MS;
    for (let turn = 0; ; turn++) {
      const gateways = this.gateways();
      try {
        const response = await fetch(`${gateways[turn % gateways.length]}${path}`, {
          method,
          headers: { authorization: `Bearer ${this.adminKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body()) }),
          signal: AbortSignal.timeout(5_000),
        });
        const text = await response.text();
        if (response.ok) return JSON.parse(text);
        throw new Error(`${response.status} ${text}`);
      } catch (error) {
        if (performance.now() > deadlineMs) throw new Error(`${method} ${path} has failed for ${LIMIT_MS / 1_000} s`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
