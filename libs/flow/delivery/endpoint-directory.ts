import { createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Moment, now } from '#domain/clock';
import { toPublicId } from '#domain/ids';
import { LookBack } from '#ground/polling/look-back';
import { Poll } from '#ground/polling/poll';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectLogger } from '#ground/process/process-context';
import { SecretBox } from '#ground/secrets/secret-box';
import type { Logger } from '#ground/telemetry/logger';
import { headersContext, secretContext } from '#ground/secrets/secret-contexts';
import { type ILoadEndpointsResult, loadEndpoints } from './load-endpoints.queries.js';
import { type SigningKey, SigningKeys } from './signing-keys.js';

/** The settings that a delivery to an endpoint needs. */
export interface EndpointTarget {
  readonly id: number;
  /** `ep_…` */
  readonly publicId: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signingKeys: SigningKeys;
  readonly timeoutMs: number;
  readonly maxConcurrency: number;
  /** Undefined: the installation's schedule. */
  readonly retryScheduleMs: readonly number[] | undefined;
  readonly maxRetryAfterMs: number;
  /** `dlqPolicy: halt`: a lane halts at its dead letter until an operator acts. */
  readonly haltsAtDeadLetter: boolean;
  readonly status: 'active' | 'paused' | 'disabled';
  readonly deleted: boolean;
}

/** How far back each read goes: further than any statement that changes an endpoint takes to commit. */
const LOOK_BACK_MS = 90_000;
const INTERVAL_MS = 1_000;

type ChangeListener = (target: EndpointTarget) => void;

/**
 * The endpoints that this process knows: all of them at the start, then changes, read once a second and on a nudge.
 */
@Injectable()
export class EndpointDirectory {
  private readonly known = new Map<number, { readonly target: EndpointTarget; readonly changedAtMs: number }>();
  private readonly listeners: ChangeListener[] = [];
  /**
   * Endpoints that answered 410, with the number of outcomes that are still to be committed. Each stays stopped until a
   * read that begins after the last of these commits: an earlier read may have missed the disabling.
   */
  private readonly answeredGone = new Map<number, number>();
  private readonly poll: Poll;
  private readonly lookBack = new LookBack(LOOK_BACK_MS);

  constructor(
    @InjectDatabase('endpoints') private readonly database: Database,
    private readonly secrets: SecretBox,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.load(),
      onError: (err) => logger.warn({ err }, 'Endpoints could not be read; retrying'),
    });
  }

  /** Reports each endpoint when it is first read and after every change. Listeners are added before `start`. */
  onChange(listener: ChangeListener): void {
    this.listeners.push(listener);
  }

  /** @throws the error of the first read */
  async start(): Promise<void> {
    await this.load();
    this.poll.start();
  }

  stop(): Promise<void> {
    return this.poll.stop();
  }

  get(id: number): EndpointTarget | undefined {
    return this.known.get(id)?.target;
  }

  /** Reads changes now. Calls during a read share the next one, which sees what was committed before the call. */
  nudge(): void {
    this.poll.nudge();
  }

  /**
   * Stops an endpoint that answered 410 in this process, at once. The outcome's commit disables it for all processes.
   * @returns a function to call once when the outcome is committed or given up: Postgres then decides about the endpoint
   */
  stopGone(id: number): () => void {
    this.answeredGone.set(id, (this.answeredGone.get(id) ?? 0) + 1);
    const known = this.known.get(id);
    if (known?.target.status === 'active') this.report({ ...known.target, status: 'disabled' }, known.changedAtMs);
    return () => {
      this.answeredGone.set(id, (this.answeredGone.get(id) ?? 1) - 1);
      this.nudge();
    };
  }

  private async load(): Promise<void> {
    const readAt = now();
    const committed = [...this.answeredGone].filter(([, open]) => open === 0).map(([id]) => id);
    const rows = await this.lookBack.look((bounds) => loadEndpoints.run({ ...bounds, ids: committed }, this.database));
    for (const id of committed) {
      // Another 410 may have come during the read.
      if (this.answeredGone.get(id) === 0) this.answeredGone.delete(id);
    }
    for (const row of rows) {
      const { id, changedAtMs } = row;
      if (this.known.get(id)?.changedAtMs === changedAtMs && !committed.includes(id)) continue;
      try {
        const target = this.targetOf(row, readAt);
        const isStopped = target.status === 'active' && this.answeredGone.has(id);
        this.report(isStopped ? { ...target, status: 'disabled' } : target, changedAtMs);
      } catch (error) {
        // One endpoint's unreadable secret must not keep the others from being delivered to.
        this.logger.error({ err: error, endpoint: toPublicId('ep', row.publicId) }, 'The endpoint cannot be delivered to');
      }
    }
  }

  private report(target: EndpointTarget, changedAtMs: number): void {
    this.known.set(target.id, { target, changedAtMs });
    for (const listener of this.listeners) listener(target);
  }

  private targetOf(row: ILoadEndpointsResult, readAt: Moment): EndpointTarget {
    const headers = row.headersCiphertext === null ? {} : (JSON.parse(this.secrets.open(row.headersCiphertext, headersContext(row.publicId))) as Record<string, string>);
    return {
      id: row.id,
      publicId: toPublicId('ep', row.publicId),
      url: new URL(row.url),
      headers,
      signingKeys: new SigningKeys(this.keysOf(row), readAt),
      timeoutMs: row.timeoutMs,
      maxConcurrency: row.maxConcurrency,
      retryScheduleMs: row.retryScheduleMs ?? undefined,
      maxRetryAfterMs: row.maxRetryAfterSeconds * 1_000,
      haltsAtDeadLetter: row.dlqPolicy === 'halt',
      status: row.status,
      deleted: row.deleted === true,
    };
  }

  private keysOf({ publicId, secretCiphertexts, secretsExpireInMs }: ILoadEndpointsResult): SigningKey[] {
    return (secretCiphertexts ?? []).map((box, i) => ({
      key: signingKeyOf(this.secrets.open(box, secretContext(publicId))),
      expiresInMs: secretsExpireInMs?.[i] ?? undefined,
    }));
  }
}

/** The key of a `whsec_…` secret (Standard Webhooks: base64 after the prefix). */
function signingKeyOf(secret: string): KeyObject {
  return createSecretKey(secret.replace(/^whsec_/, ''), 'base64');
}
