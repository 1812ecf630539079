import { createSecretKey, type KeyObject } from 'node:crypto';
import { toPublicId } from '#domain/ids';
import type { Database } from '#postgres/pool';
import type { SecretBox } from '#secrets/secret-box';
import type { Logger } from '#telemetry/logger';
import { loadEndpoints, type ILoadEndpointsResult } from './load-endpoints.queries.js';
import { headersContext, secretContext } from './secret-contexts.js';

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
  readonly status: 'active' | 'paused' | 'disabled';
  readonly deleted: boolean;
}

/** How far back each look goes: longer than any statement that changes an endpoint may take to commit. */
const LOOK_BACK_MS = 90_000;

/**
 * The endpoints as this process knows them: loaded at start, then kept current by looking for changes once a second,
 * and at once on a nudge. Every change is reported to `onChange`, the first sight of an endpoint too.
 */
export class EndpointDirectory {
  private readonly targets = new Map<number, { target: EndpointTarget; updatedAtMs: number }>();
  private sinceMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private refreshing: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
    private readonly logger: Logger,
    private readonly onChange: (target: EndpointTarget) => void,
  ) {}

  /** @throws what Postgres threw at the first load */
  async start(): Promise<void> {
    await this.load();
    this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.refreshing?.catch(() => undefined);
  }

  get(id: number): EndpointTarget | undefined {
    return this.targets.get(id)?.target;
  }

  /** Looks for changes now. Calls during a look share the next one, so what was committed before the call is seen. */
  refresh(): void {
    if (this.stopped) return;
    if (this.refreshing !== undefined) {
      this.again = true;
      return;
    }
    this.refreshing = this.load()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'The endpoints could not be read; trying again'))
      .then(() => {
        this.refreshing = undefined;
        if (this.again) {
          this.again = false;
          this.refresh();
        }
      });
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.refresh();
      this.schedule();
    }, 1_000);
  }

  private async load(): Promise<void> {
    const rows = await loadEndpoints.run({ sinceMs: Math.max(0, this.sinceMs - LOOK_BACK_MS) }, this.database);
    for (const row of rows) {
      const updatedAtMs = row.updatedAtMs ?? 0;
      this.sinceMs = Math.max(this.sinceMs, updatedAtMs);
      if (this.targets.get(row.id)?.updatedAtMs === updatedAtMs) continue;
      try {
        const target = this.targetOf(row);
        this.targets.set(row.id, { target, updatedAtMs });
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
      status: row.status,
      deleted: row.deleted === true,
    };
  }
}

/** The key of a `whsec_…` secret (Standard Webhooks: base64 after the prefix). */
function signingKeyOf(secret: string): KeyObject {
  return createSecretKey(secret.replace(/^whsec_/, ''), 'base64');
}
