import { randomBytes } from 'node:crypto';
import { nowMs } from './clock.js';
import type { Change, Endpoint, EndpointSettings, Setting } from './history.js';
import { rotateSecret } from './rotate-secret.js';
import { GENERATION_HEADER, pathOf } from './seen-settings.js';

const LIMIT_MS = 30_000;
const RETRY_MS = 300;
const SECRET_BYTES = 32;

interface OperatorOptions {
  readonly gateways: () => readonly string[];
  readonly adminKey: string;
  /** Without a path. */
  readonly receiverUrl: string;
  readonly databaseUrl: string;
  readonly secretKey: string;
}

/** An endpoint as its operator knows it. */
interface Managed {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly generations: Record<Setting, number>;
  /** The first generation first. */
  readonly secrets: string[];
}

/** A call that succeeded. */
interface Answered<Result> {
  readonly result: Result;
  /** Of the first call. */
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  /** Calls that failed before it, or whose answer was lost. */
  readonly failures: number;
}

/** A client of the management API. Repeats a call, alternating between the gateways, until one succeeds. */
export class Operator {
  /** All changes that were answered, in order. */
  readonly changes: Change[] = [];
  private readonly managed = new Map<string, Managed>();

  constructor(private readonly options: OperatorOptions) {}

  get endpoints(): readonly Endpoint[] {
    return [...this.managed.values()].map(({ endpoint }) => endpoint);
  }

  /** The id of the endpoint with this name, and its secrets, the first generation first. */
  endpointNamed(name: string): { readonly id: string; readonly secrets: readonly string[] } | undefined {
    const managed = this.managed.get(name);
    return managed && { id: managed.endpoint.id, secrets: managed.secrets };
  }

  /** The name changes with each try: a try without an answer may have created an endpoint. */
  async addEndpoint(name: string, settings: EndpointSettings = {}): Promise<void> {
    let tries = 0;
    let used = name;
    const { result } = await this.call<{ id: string; timeoutMs: number; secret: string }>('POST', '/v1/endpoints', () => {
      used = tries++ === 0 ? name : `${name}-${tries}`;
      return { url: this.urlOf(used, 1), headers: headersOf(1), ...bodyOf(settings) };
    });
    const { id, timeoutMs, secret } = result;
    this.managed.set(used, {
      endpoint: { ...settings, id, createdAtMs: nowMs(), timeoutMs }, name: used, generations: { url: 1, secret: 1, headers: 1 }, secrets: [secret],
    });
  }

  /** A try without an answer may have created the source, so a conflict with its name means that it is there. */
  async addSource(source: { readonly name: string; readonly provider: string; readonly secrets?: readonly string[]; readonly settings?: object }): Promise<void> {
    await this.call('POST', '/v1/sources', () => source, (status, turn) => status === 409 && turn > 0);
  }

  async pause(name: string): Promise<void> {
    await this.setStatus(name, 'paused');
  }

  async resume(name: string): Promise<void> {
    await this.setStatus(name, 'active');
  }

  /**
   * Gives the setting its next generation.
   * @returns whether the first call was answered. If it was not, it may still be carried out, after the next change.
   */
  async change(name: string, setting: Setting): Promise<boolean> {
    const { endpoint: { id }, generations, secrets, name: path } = this.managedNamed(name);
    const generation = (generations[setting] += 1);
    const patch = (settings: object): Promise<Answered<unknown>> => this.call('PATCH', `/v1/endpoints/${id}`, () => settings);
    const changed = {
      url: () => patch({ url: this.urlOf(path, generation) }),
      headers: () => patch({ headers: headersOf(generation) }),
      secret: () => this.rotate(id, secrets),
    };
    const { sentAtMs, answeredAtMs, failures } = await changed[setting]();
    this.changes.push({ endpoint: id, setting, generation, sentAtMs, answeredAtMs });
    return failures === 0;
  }

  /** Returns the number of dead letters. */
  async replayDeadLetters(): Promise<number> {
    const { result } = await this.call<{ matched: number }>('POST', '/v1/dead-letters/replay', () => ({ all: true }));
    return result.matched;
  }

  private async setStatus(name: string, status: 'active' | 'paused'): Promise<void> {
    const { id } = this.managedNamed(name).endpoint;
    const { sentAtMs, answeredAtMs } = await this.call('POST', `/v1/endpoints/${id}/${status === 'paused' ? 'pause' : 'resume'}`);
    this.changes.push({ endpoint: id, setting: 'status', status, sentAtMs, answeredAtMs });
  }

  /** Every try adds the same secret. A repeated one signs like the first. */
  private rotate(id: string, secrets: string[]): Promise<Answered<void>> {
    const { databaseUrl, secretKey } = this.options;
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    secrets.push(secret);
    return untilAnswered(`The rotation of the secret of ${id}`, () => rotateSecret(databaseUrl, secretKey, id, secret));
  }

  private urlOf(name: string, generation: number): string {
    return `${this.options.receiverUrl}${pathOf(name, generation)}`;
  }

  private managedNamed(name: string): Managed {
    const managed = this.managed.get(name);
    if (managed === undefined) throw new Error(`No endpoint is called ${name}`);
    return managed;
  }

  /** @param isDone whether this answer says that an earlier try has done it */
  private call<Result>(method: string, path: string, body?: () => unknown, isDone: (status: number, turn: number) => boolean = () => false): Promise<Answered<Result>> {
    const { gateways, adminKey } = this.options;
    return untilAnswered(`${method} ${path}`, async (turn) => {
      const urls = gateways();
      const response = await fetch(`${urls[turn % urls.length]}${path}`, {
        method,
        headers: { authorization: `Bearer ${adminKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body()) }),
        signal: AbortSignal.timeout(5_000),
      });
      const text = await response.text();
      if (!response.ok && !isDone(response.status, turn)) throw new Error(`${response.status} ${text}`);
      return JSON.parse(text) as Result;
    });
  }
}

/** As the management API takes them. */
function bodyOf({ rateLimit, amountAbove, startsAtMs }: EndpointSettings): object {
  return {
    rateLimit,
    filter: amountAbove === undefined ? undefined : `$.data.amount > ${amountAbove}`,
    startAt: startsAtMs === undefined ? undefined : startOf(startsAtMs),
  };
}

function startOf(startsAtMs: number): string {
  return startsAtMs === 0 ? 'earliest' : new Date(Date.now() - (nowMs() - startsAtMs)).toISOString();
}

function headersOf(generation: number): Record<string, string> {
  return { [GENERATION_HEADER]: String(generation) };
}

async function untilAnswered<Result>(what: string, act: (turn: number) => Promise<Result>): Promise<Answered<Result>> {
  const sentAtMs = nowMs();
  for (let failures = 0; ; failures++) {
    try {
      const result = await act(failures);
      return { result, sentAtMs, answeredAtMs: nowMs(), failures };
    } catch (error) {
      if (nowMs() - sentAtMs > LIMIT_MS) throw new Error(`${what} has failed for ${LIMIT_MS / 1_000} s`, { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
