import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toPublicId } from '#domain/ids';
import { type ErrorCode, LockstepError } from '#domain/problem';
import { EventTypeDirectory } from '#flow/event-types/event-type-directory';
import { type AcceptedEvent, acceptedJson } from '#flow/ingest/accepted-answer';
import { Duplicates } from '#flow/ingest/duplicates';
import { IngestService } from '#flow/ingest/ingest.service';
import type { NamedDestination } from '#flow/ingest/named-destination';
import { traceparentOf, tracestateOf, withTracestate } from '#flow/ingest/traceparent';
import { IngestLimits } from '#flow/rate-limits/ingest-limits';
import { rateLimitedError, setRateLimitHeaders } from '#flow/rate-limits/rate-limit-headers';
import type { Config } from '#ground/config/config';
import { toLockstepError } from '#ground/http/problem';
import { Rejections } from '#ground/http/rejections';
import { InjectConfig } from '#ground/process/process-context';
import { Tracing } from '#ground/tracing/tracing';
import { SourceActivity } from '../source-activity.js';
import { SourceDirectory } from '../source-directory.js';
import type { Source } from '../source.js';
import { CertificateFetcher } from './certificate-fetcher.js';
import { UNKNOWN_CONTENT_TYPE } from '../content-type.js';
import { isForm } from './form-body.js';
import { keptAttributes } from './kept-attributes.js';
import { PreparedSource } from './prepared-source.js';
import { requestFields } from './request-fields.js';
import { SignatureError, UnverifiableError, type WebhookReply, type WebhookRequest } from './webhook-provider.js';
import { providerOf } from './webhook-providers.js';
import { sourceRejected, sourceRequests, type WebhookOutcome } from './webhooks.metrics.js';

const NO_BODY = Buffer.alloc(0);
/** Refusals of requests that may be accepted later, as they are. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['forbidden', 'rate_limited']);
const RETRY_AFTER_SECONDS = 60;

export interface ReceiveOptions {
  /**
   * The only endpoint that gets the event; undefined: those that subscribe to its type. Called once, after the
   * request was verified and its event checked, directly before the event is stored.
   */
  readonly destinationOf?: () => NamedDestination | undefined | Promise<NamedDestination | undefined>;
}

/** Takes requests to sources of webhooks. */
@Injectable()
export class WebhookIntake {
  private readonly prepared = new WeakMap<Source, PreparedSource>();

  constructor(
    private readonly directory: SourceDirectory,
    private readonly activity: SourceActivity,
    private readonly ingest: IngestService,
    private readonly eventTypes: EventTypeDirectory,
    private readonly limits: IngestLimits,
    private readonly duplicates: Duplicates,
    private readonly rejections: Rejections,
    private readonly certificates: CertificateFetcher,
    @InjectConfig() private readonly config: Pick<Config, 'publicUrl'>,
    private readonly tracing: Tracing,
  ) {}

  /**
   * Verifies a request, stores its event, and answers as its provider expects. Nothing is claimed or stored before the
   * signature was verified, and the answer comes after the commit.
   * @throws LockstepError `invalid_signature`, always in the same words; `forbidden` for a disabled source; `source_unavailable`
   * if that must be a 5xx for its provider, or if no signature can be checked now; `not_found` for one that gets no webhooks;
   * `invalid_request` for a field without a value; as posts of events, and as `destinationOf`
   */
  async receive(source: Source, request: FastifyRequest, reply: FastifyReply, { destinationOf }: ReceiveOptions = {}): Promise<void> {
    let isVerified = false;
    try {
      const prepared = this.preparedOf(source);
      const webhook = this.webhookOf(source, request);
      const verifying = prepared.verify(webhook, this.liveSecrets(source));
      if (verifying !== undefined) await verifying;
      isVerified = true;
      const answer = prepared.provider.answer?.(webhook);
      if (answer === undefined) return await this.accept(source, prepared, webhook, request, reply, destinationOf);
      count(source, 'answered');
      send(reply, answer);
    } catch (error) {
      throw this.refused(source, error, isVerified);
    }
  }

  /** Counts a request whose body could not be read. Returns the error that answers it. */
  unread(source: Source, error: unknown): LockstepError {
    return this.refused(source, error, false);
  }

  private async accept(source: Source, { provider, fields, places, origin }: PreparedSource, webhook: WebhookRequest, request: FastifyRequest, reply: FastifyReply, destinationOf: ReceiveOptions['destinationOf']): Promise<void> {
    const { principal } = source;
    const { headers, body } = webhook;
    const from = requestFields(webhook, places);
    const { type, entity, idempotencyKey } = fields.read(from);
    // What is delivered of a form is no JSON, whatever its fields have.
    const checking = this.eventTypes.check(principal, type, isForm(headers, body) ? undefined : from.value(), body.length);
    if (checking !== undefined) await checking;
    const taking = this.limits.take(principal, 1, body.length);
    const taken = taking instanceof Promise ? await taking : taking;
    setRateLimitHeaders(reply, taken);
    if (taken.granted < 1) throw rateLimitedError(taken);
    const naming = destinationOf?.();
    const destination = naming instanceof Promise ? await naming : naming;
    const accepted = await this.ingest.accept({
      tenant: source.tenant,
      origin,
      type,
      entity,
      occurredAt: undefined,
      idempotencyKey,
      contentType: headers['content-type'] ?? UNKNOWN_CONTENT_TYPE,
      traceparent: traceparentOf(headers),
      attributes: withTracestate(keptAttributes(headers, provider.keptHeaders), tracestateOf(headers)),
      acceptedBy: principal.actor.id,
      destination,
      payload: body,
      receivedAtMs: this.tracing.isOn ? performance.now() - reply.elapsedTime : undefined,
    });
    let requeued = false;
    if (accepted.replayed) {
      this.rejections.noteDuplicate(principal, accepted.id);
      requeued = await this.duplicates.settle({ ...principal, requestId: request.id }, accepted.id);
      reply.header('idempotent-replayed', 'true');
      this.rejections.add(principal, 'duplicate', `${toPublicId('evt', accepted.id)} was accepted with the same id`);
    }
    const outcome = accepted.replayed ? 'duplicate' : 'accepted';
    this.activity.note(source, outcome);
    count(source, outcome);
    send(reply, provider.reply === 'event' ? eventReply({ id: accepted.id, acceptedAt: accepted.acceptedAt, type, entity, requeued }) : provider.reply);
  }

  /** @throws LockstepError not_found: the source gets its events in another way */
  private preparedOf(source: Source): PreparedSource {
    const known = this.prepared.get(source);
    if (known !== undefined) return known;
    const provider = providerOf(source.provider);
    if (provider === undefined) throw unknownSource();
    const prepared = new PreparedSource(source, provider, this.certificates);
    this.prepared.set(source, prepared);
    return prepared;
  }

  /** @throws LockstepError forbidden */
  private webhookOf(source: Source, request: FastifyRequest): WebhookRequest {
    if (!source.isEnabled) throw new LockstepError('forbidden', 'The source, or its tenant, is disabled: it takes nothing until it is enabled again');
    const { headers, body, raw } = request;
    const { publicUrl } = this.config;
    const target = raw.url ?? '';
    return {
      headers,
      target,
      publicUrl: publicUrl === undefined ? undefined : publicUrl + target,
      remoteAddress: raw.socket.remoteAddress ?? '',
      body: Buffer.isBuffer(body) ? body : NO_BODY,
      receivedAtMs: Date.now(),
    };
  }

  private liveSecrets({ secrets }: Source): string[] {
    return secrets.filter(({ expiresAtMs }) => expiresAtMs === Infinity || expiresAtMs > this.directory.databaseNowMs()).map(({ value }) => value);
  }

  /** Counts a request that was refused. Returns the error that answers it. */
  private refused(source: Source, error: unknown, isVerified: boolean): LockstepError {
    if (error instanceof UnverifiableError) return this.unverifiable(source, error.message);
    if (error instanceof SignatureError) {
      sourceRejected.inc({ provider: source.provider, reason: error.reason });
      if (source.hasUnreadableSecret && error.reason === 'mismatch') return this.unverifiable(source, 'A secret cannot be read: is LOCKSTEP_SECRET_KEY the one it was stored with?');
      count(source, 'unverified');
      this.activity.note(source, 'invalid_signature', error.message);
      return new LockstepError('invalid_signature', 'The request does not prove that it comes from the sender of this source');
    }
    const problem = toLockstepError(error);
    const answer = PASSING.has(problem.code) && providerOf(source.provider)?.resendsAfter4xx === false ? resendable(problem) : problem;
    count(source, answer.status >= 500 ? 'failed' : 'refused');
    this.activity.note(source, problem.code, problem.message);
    if (isVerified) this.rejections.add(source.principal, problem.code, problem.message);
    return answer;
  }

  private unverifiable(source: Source, detail: string): LockstepError {
    count(source, 'failed');
    this.activity.note(source, 'source_unavailable', detail);
    return new LockstepError('source_unavailable', 'The request cannot be verified now: send it again later', { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
}

/** Of every reference to which no source of webhooks belongs, in the same words. */
export function unknownSource(): LockstepError {
  return new LockstepError('not_found', 'There is no source for webhooks at this path: check the id of the source, or its name if it is one of the tenant default');
}

/** The refusal as a 5xx. */
function resendable(problem: LockstepError): LockstepError {
  return new LockstepError('source_unavailable', problem.message, { cause: problem, retryAfterSeconds: problem.retryAfterSeconds ?? RETRY_AFTER_SECONDS });
}

function count({ provider }: Source, outcome: WebhookOutcome): void {
  sourceRequests.inc({ provider, outcome });
}

function eventReply(event: AcceptedEvent): WebhookReply {
  return { status: 202, contentType: 'application/json; charset=utf-8', body: acceptedJson(event) };
}

function send(reply: FastifyReply, { status, contentType, body }: WebhookReply): void {
  // As bytes where the type has no charset: Fastify would add one. A text is written together with the headers.
  void reply.code(status).header('content-type', contentType).send(contentType.includes('charset') ? body : Buffer.from(body));
}
