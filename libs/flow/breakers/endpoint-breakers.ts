import { Inject, Injectable } from '@nestjs/common';
import { type BreakerState, EndpointBreaker, NEVER_FAILED } from '#domain/breaker';
import { toPublicId } from '#domain/ids';
import { LeaseKeeper } from '#flow/leases/lease-keeper';
import { Poll } from '#ground/polling/poll';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { breakerChanges, breakersByState } from './breakers.metrics.js';
import { type BreakerChanged, BreakersRepository, NOTHING_READ } from './breakers.repository.js';

/** Dispatchers report, and learn what others have reported, twice a second. A read without changes takes 0.1 ms. */
const INTERVAL_MS = 500;
/** A probe that is due between two rounds makes the next one earlier, but no earlier than this. */
const MIN_INTERVAL_MS = 20;

/** What has requests to send. */
export interface RequestSource {
  /** Whether something could be sent to the endpoint if its breaker allowed it. */
  hasReady(endpoint: number): boolean;
  /** The endpoint's breaker may allow more than before. */
  breakerChanged(endpoint: number): void;
}

const NOTHING_TO_SEND: RequestSource = { hasReady: () => false, breakerChanged: () => undefined };

/**
 * This process's breakers. Each round reports what ended here, for all endpoints in one statement, reads what has changed,
 * and makes the changes that follow from it. Nothing is written for an endpoint that only delivers.
 *
 * A report may be committed without an answer. So its counts are never sent again: half a second of them is lost rather than
 * counted twice. Whether something was delivered is sent again. Everything else is learned by reading, also whether this process has claimed a probe.
 */
@Injectable()
export class EndpointBreakers {
  private readonly known = new Map<number, EndpointBreaker>();
  /** Those of which dispatchers need to know what ends. */
  private readonly watched = new Map<number, EndpointBreaker>();
  private readonly poll: Poll;
  private source: RequestSource = NOTHING_TO_SEND;
  private snapshot = NOTHING_READ;
  private server: string | undefined;

  constructor(
    private readonly repository: BreakersRepository,
    @Inject(LeaseKeeper) private readonly leases: Pick<LeaseKeeper, 'owner'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: () => this.nextInMs(),
      work: () => this.round(),
      onError: (err) => logger.warn({ err }, 'Circuit breakers could not be reported and read; retrying'),
    });
  }

  /** Whom to ask for requests. Set it before `start`. */
  serve(source: RequestSource): void {
    this.source = source;
  }

  of(endpoint: number): EndpointBreaker {
    let breaker = this.known.get(endpoint);
    if (breaker === undefined) {
      breaker = new EndpointBreaker();
      this.known.set(endpoint, breaker);
    }
    return breaker;
  }

  /** @throws the error of the first read: before it, an open breaker seems closed */
  async start(): Promise<void> {
    await this.read();
    this.poll.start();
  }

  /** Begins a round now, because a probe has ended. */
  nudge(): void {
    this.poll.nudge();
  }

  /** Call it when no attempt is in flight. Reports what ended, and gives an unused claim back. */
  async stop(): Promise<void> {
    await this.poll.stop();
    this.source = NOTHING_TO_SEND;
    await this.round().catch((err: unknown) => this.logger.warn({ err }, 'The last counts of circuit breakers could not be stored, and are lost'));
  }

  /** One round. @throws what Postgres throws */
  async round(): Promise<void> {
    await this.report();
    const overdue = await this.read();
    if (await this.change()) await this.read();
    if (overdue.length > 0) await this.disable(overdue);
  }

  private async report(): Promise<void> {
    const reports = [...this.known].flatMap(([endpoint, breaker]) => {
      const counts = breaker.takeCounts();
      return counts === undefined ? [] : [{ endpoint, value: counts }];
    });
    if (reports.length === 0) return;
    try {
      await this.repository.report(reports);
    } catch (error) {
      for (const { endpoint, value } of reports) this.of(endpoint).keepDelivered(value);
      throw error;
    }
  }

  /** @returns endpoints to which nothing was delivered for too long */
  private async read(): Promise<number[]> {
    let read = await this.repository.read(this.snapshot, this.leases.owner);
    if (read.server !== this.server && this.snapshot !== NOTHING_READ) {
      read = await this.repository.read(NOTHING_READ, this.leases.owner);
      const present = new Set(read.breakers.map(({ endpoint }) => endpoint));
      for (const [endpoint, breaker] of this.watched) {
        if (present.has(endpoint)) continue;
        this.watched.delete(endpoint);
        if (breaker.learn(NEVER_FAILED)) this.source.breakerChanged(endpoint);
      }
    }
    for (const { endpoint, shared } of read.breakers) {
      const breaker = this.of(endpoint);
      const isChanged = breaker.learn(shared);
      if (breaker.isWatched) this.watched.set(endpoint, breaker);
      else this.watched.delete(endpoint);
      if (isChanged) this.source.breakerChanged(endpoint);
    }
    this.snapshot = read.snapshot;
    this.server = read.server;
    this.observe();
    return read.breakers.filter(({ isOverdue }) => isOverdue).map(({ endpoint }) => endpoint);
  }

  /** @returns whether something was to be changed */
  private async change(): Promise<boolean> {
    const nowMs = performance.now();
    const changes = [...this.watched].flatMap(([endpoint, breaker]) => {
      const change = breaker.next(nowMs, () => this.source.hasReady(endpoint), Math.random());
      return change === undefined ? [] : [{ endpoint, value: change }];
    });
    if (changes.length === 0) return false;
    for (const changed of await this.repository.changeAll(changes, this.leases.owner)) this.tell(changed);
    return true;
  }

  private async disable(endpoints: readonly number[]): Promise<void> {
    const disabled = await this.repository.disableFailing(endpoints);
    if (disabled.length > 0) this.logger.warn({ endpoints: disabled }, 'Endpoints were disabled: nothing was delivered to them for as long as their disableAfter');
  }

  private tell({ endpointId, state, formerState, ended, failed }: BreakerChanged): void {
    breakerChanges.inc({ state });
    const endpoint = toPublicId('ep', endpointId);
    if (formerState === 'closed') this.logger.warn({ endpoint, ended, failed }, 'The circuit breaker of an endpoint opened');
    else if (state === 'closed') this.logger.info({ endpoint }, 'The circuit breaker of an endpoint closed');
  }

  private observe(): void {
    const counts: Record<BreakerState, number> = { closed: 0, open: 0, 'half-open': 0 };
    for (const { state } of this.watched.values()) counts[state] += 1;
    breakersByState.set({ state: 'open' }, counts.open);
    breakersByState.set({ state: 'half-open' }, counts['half-open']);
  }

  /** Until the next round. What was due in the last one is not considered: it may have failed. */
  private nextInMs(): number {
    const nowMs = performance.now();
    let nextInMs = INTERVAL_MS;
    for (const [endpoint, { probeDueAtMs }] of this.watched) {
      const dueInMs = probeDueAtMs - nowMs;
      if (dueInMs > 0 && dueInMs < nextInMs && this.source.hasReady(endpoint)) nextInMs = dueInMs;
    }
    return Math.max(nextInMs, MIN_INTERVAL_MS);
  }
}
