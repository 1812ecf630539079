import { Injectable } from '@nestjs/common';
import { type AttemptResult, signOf } from '#domain/disposition';
import { mintId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { AttemptClient } from '#flow/delivery/attempt-client';
import { AuthorizedAttempt } from '#flow/delivery/authorized-attempt';
import { deliveredHeaders } from '#flow/delivery/delivered-headers';
import { ownHeadersOf, signingKeysOf } from '#flow/delivery/stored-credentials';
import type { Attempt } from '#flow/delivery/exchange';
import { TokenClient } from '#flow/delivery/token-client';
import { auditedBy, type Principal } from '#ground/http/principal';
import { SecretBox } from '#ground/secrets/secret-box';
import { FairSlots, NoSlotError } from '#manage/fair-slots';
import { endpointNotFound, endpointUuid } from './endpoint-id.js';
import type { EndpointTest, TestedEndpoint } from './endpoint-test.schema.js';
import { EndpointSecretsRepository } from './endpoint-secrets.repository.js';
import type { ITestEndpointResult } from './test-endpoint.queries.js';

/** Somebody waits for the answer. */
const MAX_TIMEOUT_MS = 30_000;
/** Each holds a connection and up to 16 KiB, and may take its whole timeout. */
const SLOTS = { slots: 32, perTenant: 8, waiting: 64, waitingPerTenant: 16, waitMs: 3_000 };
const RETRY_AFTER_SECONDS = 5;

/** Sends test requests to endpoints, outside of any lane. */
@Injectable()
export class EndpointTestService {
  private readonly slots = new FairSlots(SLOTS);

  constructor(
    private readonly repository: EndpointSecretsRepository,
    private readonly client: AttemptClient,
    private readonly tokens: TokenClient,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Sends one signed request now, with the endpoint's headers and authentication, in whatever status the endpoint is. Only an
   * audit row is stored. If it succeeds while the endpoint's breaker is open, the next probe comes at once.
   * @throws LockstepError not_found; overloaded
   */
  async test(principal: Principal, id: string, { type, data }: EndpointTest): Promise<TestedEndpoint> {
    try {
      return await this.slots.use(principal.tenant, async () => {
        const row = await this.repository.beginTest({ tenant: principal.tenant, publicId: endpointUuid(id), by: auditedBy(principal), subject: id, type });
        if (row === undefined) throw endpointNotFound(id);
        return await this.send(row, id, type, data);
      });
    } catch (error) {
      if (error instanceof NoSlotError) throw new LockstepError('overloaded', 'Too many test requests are under way; try again', { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS });
      throw error;
    }
  }

  private async send(row: ITestEndpointResult, entity: string, type: string, data: unknown): Promise<TestedEndpoint> {
    const eventId = mintId();
    const timeoutMs = Math.min(row.timeoutMs, MAX_TIMEOUT_MS);
    const { headers: own, oauth2 } = ownHeadersOf(this.secrets, row);
    const keys = signingKeysOf(this.secrets, { ...row, secretsExpireInMs: null }).map(({ key }) => key);
    const payload = Buffer.from(JSON.stringify({ type, entity, timestamp: new Date().toISOString(), data }));
    const exchange = (custom: Readonly<Record<string, string>>, remainingMs: number): Attempt => {
      const facts = {
        key: { eventId, endpoint: row.id, replay: 0 }, type, entity, source: null, contentType: 'application/json', traceparent: null, attributes: null, payload,
        position: undefined, attempt: 1, replayed: false, redelivered: false,
      };
      const headers = [...deliveredHeaders(facts, keys, custom, Date.now()), 'lockstep-test', 'true'];
      return this.client.send(row.id, { url: new URL(row.url), headers, body: payload, timeoutMs: remainingMs, mayRepeat: () => false });
    };
    const startedAtMs = Date.now();
    const attempt = oauth2 === undefined
      ? exchange(own, timeoutMs)
      : new AuthorizedAttempt(
        // A token of its own: the test shows whether one can be had now.
        { get: (_, auth, tokenTimeoutMs) => this.tokens.fetch(auth, tokenTimeoutMs), refused: () => undefined },
        { id: row.id, oauth2, timeoutMs },
        (authorization, remainingMs) => exchange({ ...own, authorization }, remainingMs),
      );
    const result = (await attempt.result) ?? withoutConnection(startedAtMs, timeoutMs);
    if (signOf(result) === 'delivered') await this.repository.probe(row.id);
    return { id: toPublicId('evt', eventId), attempt: shown(result) };
  }
}

function withoutConnection(startedAtMs: number, timeoutMs: number): AttemptResult {
  return { startedAtMs, durationMs: timeoutMs, statusCode: undefined, error: `No connection was free within ${timeoutMs} ms`, responseBody: Buffer.alloc(0), retryAfterMs: undefined };
}

function shown({ startedAtMs, durationMs, statusCode, error, responseBody }: AttemptResult): TestedEndpoint['attempt'] {
  return { startedAt: new Date(startedAtMs).toISOString(), durationMs: Math.round(durationMs), statusCode: statusCode ?? null, error: error ?? null, responseBody: responseBody.length === 0 ? null : Buffer.from(responseBody).toString() };
}
