import { Injectable } from '@nestjs/common';
import { type Moment, now } from '#domain/clock';
import { toPublicId } from '#domain/ids';
import type { EndpointRateLimit } from '#flow/rate-limits/endpoint-limits';
import { Poll } from '#ground/polling/poll';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectLogger } from '#ground/process/process-context';
import { SecretBox } from '#ground/secrets/secret-box';
import type { Logger } from '#ground/telemetry/logger';
import type { OAuth2Auth } from './endpoint-auth.js';
import { type OwnHeaders, ownHeadersOf, signingKeysOf } from './stored-credentials.js';
import { type ILoadEndpointsResult, loadEndpoints } from './load-endpoints.queries.js';
import { SigningKeys } from './signing-keys.js';

/** The settings that a delivery to an endpoint needs. */
export interface EndpointTarget {
  readonly id: number;
  /** Counts the changes of the endpoint. */
  readonly version: number;
  /** A later version exists, which this process has not read yet: nothing may be started with this one. */
  readonly isStale: boolean;
  /** `ep_…` */
  readonly publicId: string;
  readonly tenant: string;
  readonly url: URL;
  /** Custom headers, and `authorization` unless it takes an access token. */
  readonly headers: Readonly<Record<string, string>>;
  /** How to get the access token that each request needs; undefined: none is needed. */
  readonly oauth2: OAuth2Auth | undefined;
  readonly signingKeys: SigningKeys;
  readonly timeoutMs: number;
  readonly maxConcurrency: number;
  /** Undefined: no limit. */
  readonly rateLimit: EndpointRateLimit | undefined;
  /** Undefined: the installation's schedule. */
  readonly retryScheduleMs: readonly number[] | undefined;
  readonly maxRetryAfterMs: number;
  /** `dlqPolicy: halt`: a lane halts at its dead letter until an operator acts. */
  readonly haltsAtDeadLetter: boolean;
  readonly status: 'active' | 'paused' | 'disabled';
  readonly deleted: boolean;
}

/** Whether a delivery may be started with these settings. */
export function takesDeliveries({ status, deleted, isStale }: EndpointTarget): boolean {
  return status === 'active' && !deleted && !isStale;
}

/** Changes that nothing nudges about are met within this. A read without changes takes 0.1 ms, also of 10,000 endpoints. */
const INTERVAL_MS = 500;
/** Endpoints in one statement: some 100 ms. */
const PAGE = 2_000;
/** Before every snapshot: the next read gets all endpoints. */
const NOTHING_READ = '0';
const NO_HEADERS: OwnHeaders = { headers: {}, oauth2: undefined };

type ChangeListener = (target: EndpointTarget) => void;
type EndpointRow = ILoadEndpointsResult & { readonly id: number };

interface Read {
  readonly server: string;
  readonly snapshot: string;
  readonly endpoints: readonly EndpointRow[];
}

/**
 * The endpoints that this process knows: all of them at the start, then changes, read twice a second and on a nudge.
 *
 * A change that was answered holds for every event that is posted afterwards, at every dispatcher. Whatever makes or loads
 * deliveries therefore says which versions of their endpoints it has seen (`requireVersion`). An endpoint that is known
 * here by an older version is stale: nothing is started for it until that version, or a later one, is read.
 */
@Injectable()
export class EndpointDirectory {
  private readonly known = new Map<number, EndpointTarget>();
  private readonly listeners: ChangeListener[] = [];
  /** Versions that were seen elsewhere and are not known here yet: each endpoint's highest. */
  private readonly required = new Map<number, number>();
  /** Versions that cannot be used, such as one whose secret cannot be decrypted. */
  private readonly unusable = new Map<number, number>();
  /**
   * Endpoints that answered 410, with the number of outcomes that are still to be committed. Each stays stopped until a
   * read that begins after the last of these commits: an earlier read may have missed the disabling.
   */
  private readonly answeredGone = new Map<number, number>();
  private readonly poll: Poll;
  private snapshot = NOTHING_READ;
  /** The run of a server that `snapshot`, and the versions, come from. */
  private server: string | undefined;

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

  /** Reports each endpoint when it is first read, after every change, and when it becomes stale. Listeners are added before `start`. */
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
    return this.known.get(id);
  }

  /** The settings to start a delivery with; undefined while none may be started. */
  open(id: number): EndpointTarget | undefined {
    const target = this.known.get(id);
    return target !== undefined && takesDeliveries(target) ? target : undefined;
  }

  /** Reads changes now. Calls during a read share the next one, which sees what was committed before the call. */
  nudge(): void {
    this.poll.nudge();
  }

  /**
   * A statement has seen the endpoint in this version. Until this process has read it, or a later one, the endpoint is
   * stale. Call it before the statement's deliveries can be started.
   */
  requireVersion(id: number, version: number): void {
    const target = this.known.get(id);
    if ((target?.version ?? 0) >= version || (this.required.get(id) ?? 0) >= version) return;
    this.required.set(id, version);
    if (target !== undefined) this.report(target);
    this.nudge();
  }

  /**
   * Stops an endpoint that answered 410 in this process, at once. The outcome's commit disables it for all processes.
   * @returns a function to call once when the outcome is committed or given up: Postgres then decides about the endpoint
   */
  stopGone(id: number): () => void {
    this.answeredGone.set(id, (this.answeredGone.get(id) ?? 0) + 1);
    const target = this.known.get(id);
    if (target?.status === 'active') this.report(target);
    return () => {
      this.answeredGone.set(id, (this.answeredGone.get(id) ?? 1) - 1);
      this.nudge();
    };
  }

  private async load(): Promise<void> {
    const readAt = now();
    const committed = new Set([...this.answeredGone].filter(([, open]) => open === 0).map(([id]) => id));
    const required = new Map(this.required);
    const ids = [...committed, ...required.keys()];
    let read = await this.read(this.snapshot, ids);
    if (read.server !== this.server) {
      if (this.snapshot !== NOTHING_READ) read = await this.read(NOTHING_READ, ids);
      this.forgetVersions(required);
    }
    for (const id of committed) {
      // Another 410 may have come during the read.
      if (this.answeredGone.get(id) === 0) this.answeredGone.delete(id);
    }
    for (const row of read.endpoints) this.take(row, readAt, committed.has(row.id));
    this.snapshot = read.snapshot;
    this.server = read.server;
  }

  /**
   * What has changed since a read, and these endpoints: page by page, as of the first page's snapshot or later. The first
   * page also says which server it comes from: if the server changes between two pages, the next read finds that.
   */
  private async read(since: string, ids: number[]): Promise<Read> {
    const endpoints: EndpointRow[] = [];
    let first: ILoadEndpointsResult | undefined;
    for (let after = 0; ; after = endpoints.at(-1)?.id ?? after) {
      const rows = await loadEndpoints.run({ since, ids, after, limit: PAGE }, this.database);
      first ??= rows[0];
      endpoints.push(...rows.filter(hasEndpoint));
      if (first === undefined) throw new Error('The endpoints were read without a snapshot');
      if (rows.length < PAGE) return { server: first.server, snapshot: first.snapshot, endpoints };
    }
  }

  /**
   * After a failover that lost commits, another change may have the number of a lost one. So no version of the former
   * server is compared with those of this one, and none that it has `required` is waited for.
   */
  private forgetVersions(required: ReadonlyMap<number, number>): void {
    for (const [id, version] of required) {
      // Another version may have been seen during the read.
      if (this.required.get(id) === version) this.required.delete(id);
    }
    this.unusable.clear();
    for (const target of this.known.values()) this.known.set(target.id, { ...target, version: 0 });
  }

  private take(row: EndpointRow, readAt: Moment, isReopened: boolean): void {
    const { id, version } = row;
    if (this.known.get(id)?.version === version && !isReopened) return;
    try {
      const target = this.targetOf(row, readAt);
      if ((this.required.get(id) ?? 0) <= version) this.required.delete(id);
      this.unusable.delete(id);
      this.report(target);
    } catch (error) {
      // One endpoint's unreadable secret must not keep the others from being delivered to. Its former settings no longer hold.
      // It is tried again with each read: encrypting a secret with another key is no change of the endpoint. But said once.
      if (this.unusable.get(id) !== version) this.logger.error({ err: error, endpoint: toPublicId('ep', row.publicId) }, 'The endpoint cannot be delivered to');
      this.unusable.set(id, version);
      this.requireVersion(id, version);
    }
  }

  private report(read: EndpointTarget): void {
    const { id, version, status } = read;
    const isStopped = status === 'active' && this.answeredGone.has(id);
    const target: EndpointTarget = { ...read, isStale: (this.required.get(id) ?? 0) > version, status: isStopped ? 'disabled' : status };
    this.known.set(id, target);
    for (const listener of this.listeners) listener(target);
  }

  /** A deleted endpoint gets nothing, and is known also when its secrets cannot be decrypted: what waits is discarded. */
  private targetOf(row: EndpointRow, readAt: Moment): EndpointTarget {
    const deleted = row.deleted;
    return {
      id: row.id,
      version: row.version,
      isStale: false,
      publicId: toPublicId('ep', row.publicId),
      tenant: row.tenant,
      url: new URL(row.url),
      ...(deleted ? NO_HEADERS : ownHeadersOf(this.secrets, row)),
      signingKeys: new SigningKeys(deleted ? [] : signingKeysOf(this.secrets, row), readAt),
      timeoutMs: row.timeoutMs,
      maxConcurrency: row.maxConcurrency,
      rateLimit: row.perSecond === null || row.burst === null ? undefined : { perSecond: row.perSecond, burst: row.burst },
      retryScheduleMs: row.retryScheduleMs ?? undefined,
      maxRetryAfterMs: row.maxRetryAfterSeconds * 1_000,
      haltsAtDeadLetter: row.dlqPolicy === 'halt',
      status: row.status,
      deleted,
    };
  }
}

function hasEndpoint(row: ILoadEndpointsResult): row is EndpointRow {
  return row.id !== null;
}
