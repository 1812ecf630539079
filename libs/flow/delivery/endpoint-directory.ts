import { createSecretKey, type KeyObject } from 'node:crypto';
import { toPublicId } from '#domain/ids';
import { LookBack } from '#ground/polling/look-back';
import { Poll } from '#ground/polling/poll';
import type { Database } from '#ground/postgres/pool';
import type { SecretBox } from '#ground/secrets/secret-box';
import type { Logger } from '#ground/telemetry/logger';
import { loadEndpoints, type ILoadEndpointsResult } from './load-endpoints.queries.js';
import { headersContext, secretContext } from '#ground/secrets/secret-contexts';

/** What it takes to deliver to an endpoint. */
export interface EndpointTarget {
  readonly id: number;
  /** `ep_…` */
  readonly publicId: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Live signing keys, the newest first. */
  readonly signingKeys: readonly KeyObject[];
  readonly timeoutMs: number;
  readonly maxConcurrency: number;
  /** Undefined: the installation's schedule. */
  readonly retryScheduleMs: readonly number[] | undefined;
  readonly maxRetryAfterMs: number;
  /** `dlqPolicy: halt`: a lane stops at its dead letter until an operator decides. */
  readonly haltsAtDeadLetter: boolean;
  readonly status: 'active' | 'paused' | 'disabled';
  readonly deleted: boolean;
}

/** How far back each look goes: longer than any statement that changes an endpoint may take to commit. */
const LOOK_BACK_MS = 90_000;
const INTERVAL_MS = 1_000;

/**
 * The endpoints as this process knows them: loaded at start, then kept current by looking for changes once a second,
 * and at once on a nudge. Every change is reported to `onChange`, the first sight of an endpoint too.
 */
export class EndpointDirectory {
  private readonly targets = new Map<number, { target: EndpointTarget; changedAtMs: number }>();
  private readonly poll: Poll;
  private readonly lookBack = new LookBack(LOOK_BACK_MS);

  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
    private readonly logger: Logger,
    private readonly onChange: (target: EndpointTarget) => void,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.load(),
      onError: (err) => logger.warn({ err }, 'The endpoints could not be read; trying again'),
    });
  }

  /** @throws what Postgres threw at the first load */
  async start(): Promise<void> {
    await this.load();
    this.poll.start();
  }

  stop(): Promise<void> {
    return this.poll.stop();
  }

  get(id: number): EndpointTarget | undefined {
    return this.targets.get(id)?.target;
  }

  /** Looks for changes now. Calls during a look share the next one, so what was committed before the call is seen. */
  nudge(): void {
    this.poll.nudge();
  }

  private async load(): Promise<void> {
    const rows = await this.lookBack.look((bounds) => loadEndpoints.run({ ...bounds }, this.database));
    for (const row of rows) {
      const { changedAtMs } = row;
      if (this.targets.get(row.id)?.changedAtMs === changedAtMs) continue;
      try {
        const target = this.targetOf(row);
        this.targets.set(row.id, { target, changedAtMs });
        this.onChange(target);
      } catch (error) {
        // One endpoint's unreadable secret must not keep the others from being delivered to.
        this.logger.error({ err: error, endpoint: toPublicId('ep', row.publicId) }, 'The endpoint can not be delivered to');
      }
    }
  }

  private targetOf(row: ILoadEndpointsResult): EndpointTarget {
    const headers = row.headersCiphertext === null ? {} : (JSON.parse(this.secrets.open(row.headersCiphertext, headersContext(row.publicId))) as Record<string, string>);
    return {
      id: row.id,
      publicId: toPublicId('ep', row.publicId),
      url: new URL(row.url),
      headers,
      signingKeys: (row.secretCiphertexts ?? []).map((box) => signingKeyOf(this.secrets.open(box, secretContext(row.publicId)))),
      timeoutMs: row.timeoutMs,
      maxConcurrency: row.maxConcurrency,
      retryScheduleMs: row.retryScheduleMs ?? undefined,
      maxRetryAfterMs: row.maxRetryAfterSeconds * 1_000,
      haltsAtDeadLetter: row.dlqPolicy === 'halt',
      status: row.status,
      deleted: row.deleted === true,
    };
  }
}

/** The key of a `whsec_…` secret (Standard Webhooks: base64 after the prefix). */
function signingKeyOf(secret: string): KeyObject {
  return createSecretKey(secret.replace(/^whsec_/, ''), 'base64');
}
