import { Agent, request } from 'undici';
import { nowMs } from './clock.js';
import type { EventClient } from './event-client.js';
import type { Answer, PostedEvent, Try } from './history.js';
import type { Posting } from './posting.js';
import { sealedBody } from './sealed-body.js';

const TRY_LIMIT_MS = 5_000;
const RETRY_MS = 100;

/** A gateway refused a correct post permanently. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

/** Posts each event, with the same key and body, at one gateway after the other until one accepts it. Repeats some. */
export class PostingClient implements EventClient {
  private readonly agent = new Agent({ connections: 64, connectTimeout: TRY_LIMIT_MS });
  private accepted = 0;

  constructor(
    private readonly gateways: readonly string[],
    private readonly posting: Posting,
  ) {}

  /**
   * Posts the event until a gateway answers with a 202, also when the answer to an earlier post was lost.
   * @throws UnexpectedAnswer
   */
  async post(entity: string, key: string, first: number, signal: AbortSignal): Promise<PostedEvent> {
    const body = sealedBody(entity, key);
    const tries: Try[] = [];
    for (let turn = first; !signal.aborted; turn++) {
      const last = await this.try(turn, key, body);
      tries.push(last);
      if (last.answer.kind === 'accepted') {
        this.accepted += 1;
        if (this.accepted % this.posting.repeatEvery === 0) tries.push(await this.try(turn + 1, key, body));
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return { origin: this.posting.origin, key, entity, tries };
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async try(turn: number, key: string, body: string): Promise<Try> {
    const sentAtMs = nowMs();
    const answer = await this.answerOf(this.gateways[turn % this.gateways.length] ?? '', key, body);
    return { sentAtMs, answeredAtMs: nowMs(), answer };
  }

  private async answerOf(gateway: string, key: string, body: string): Promise<Answer> {
    let status: number;
    let replayed: boolean;
    let text: string;
    try {
      const response = await request(`${gateway}${this.posting.path}`, {
        dispatcher: this.agent,
        method: 'POST',
        headers: this.posting.headersOf(key, body),
        body,
        signal: AbortSignal.timeout(TRY_LIMIT_MS),
      });
      status = response.statusCode;
      replayed = response.headers['idempotent-replayed'] === 'true';
      text = await response.body.text();
    } catch {
      return { kind: 'unknown' };
    }
    if (status === 202) return { kind: 'accepted', eventId: (JSON.parse(text) as { id: string }).id, replayed };
    if (status === 429 || (status === 503 && text.includes('"overloaded"'))) return { kind: 'refused', status };
    // store_unavailable: Postgres may have committed the event.
    if (status === 503) return { kind: 'unknown' };
    throw new UnexpectedAnswer(`a post of ${key} to ${this.posting.path} was answered with ${status} ${text.slice(0, 300)}`);
  }
}
