import { Inject, Injectable } from '@nestjs/common';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { type EventState, FollowupRepository } from './followup.repository.js';

/** Requests that may wait; each keeps a connection open. */
const MAX_WAITING = 1_000;
/** Of one tenant, so that it leaves places to the others. */
const MAX_WAITING_OF_TENANT = MAX_WAITING / 4;
/** Events in one statement: with 100 deliveries each, their rows take some tens of milliseconds. */
const MAX_ASKED = 100;
/** A request's first question comes after 20 ms, in which a quick receiver has answered; each one after twice the time of the one before. */
const MIN_INTERVAL_MS = 20;
const MAX_INTERVAL_MS = 250;

/** A request that waits. */
export interface Wait {
  /** What became of the event; undefined if Postgres could not be asked, or the wait was given up. Never rejects. */
  readonly state: Promise<EventState | undefined>;
  giveUp(): void;
}

interface Waiting {
  readonly tenant: string;
  readonly id: string;
  readonly deadlineMs: number;
  readonly answer: (state: EventState | undefined) => void;
  intervalMs: number;
  nextMs: number;
}

/**
 * Waits until events are settled: nothing of them is to be delivered any more. One statement asks for all requests whose
 * next question is due, and only one is under way at a time, so that waiting requests cost ingest nothing.
 */
@Injectable()
export class SettlementWatch {
  /** Those that were asked for last are at the end. */
  private readonly waiting = new Set<Waiting>();
  /** Their number, by tenant. */
  private readonly byTenant = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private timerAtMs = Infinity;
  private isAsking = false;
  private isStopping = false;
  private isFailing = false;

  constructor(
    @Inject(FollowupRepository) private readonly followup: Pick<FollowupRepository, 'settled'>,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /**
   * Waits for an event, for at most this long; then its state is given as it is.
   * @returns undefined if too many requests wait already, at all or of this tenant, or the process stops
   */
  wait(tenant: string, id: string, waitMs: number): Wait | undefined {
    const ofTenant = this.byTenant.get(tenant) ?? 0;
    if (this.isStopping || this.waiting.size >= MAX_WAITING || ofTenant >= MAX_WAITING_OF_TENANT) return undefined;
    const nowMs = performance.now();
    const { promise, resolve } = Promise.withResolvers<EventState | undefined>();
    const waiting: Waiting = { tenant, id, deadlineMs: nowMs + waitMs, answer: resolve, intervalMs: MIN_INTERVAL_MS, nextMs: nowMs + Math.min(MIN_INTERVAL_MS, waitMs) };
    this.waiting.add(waiting);
    this.byTenant.set(tenant, ofTenant + 1);
    this.schedule(waiting.nextMs);
    return { state: promise, giveUp: () => this.end(waiting, undefined) };
  }

  /** Answers all requests with the state of their events; no further ones wait. */
  stop(): void {
    this.isStopping = true;
    this.schedule(-Infinity);
  }

  private schedule(atMs: number): void {
    if (this.isAsking || this.waiting.size === 0 || atMs >= this.timerAtMs) return;
    clearTimeout(this.timer);
    this.timerAtMs = atMs;
    this.timer = setTimeout(() => void this.ask(), Math.max(0, atMs - performance.now()));
  }

  private async ask(): Promise<void> {
    this.timerAtMs = Infinity;
    this.isAsking = true;
    const asked = this.due(performance.now());
    const states = await this.statesOf(asked);
    this.isAsking = false;
    const nowMs = performance.now();
    for (const { waiting, last } of asked) {
      const state = states?.get(waiting.id);
      if (state !== undefined || last) this.end(waiting, state);
      else this.askAgain(waiting, nowMs);
    }
    this.schedule(this.isStopping ? -Infinity : Math.max(nowMs + MIN_INTERVAL_MS / 2, this.earliestMs()));
  }

  private due(nowMs: number): { readonly waiting: Waiting; readonly last: boolean }[] {
    const due = [...this.waiting].filter(({ nextMs }) => this.isStopping || nextMs <= nowMs).slice(0, MAX_ASKED);
    return due.map((waiting) => ({ waiting, last: this.isStopping || waiting.deadlineMs <= nowMs }));
  }

  private async statesOf(asked: readonly { readonly waiting: Waiting; readonly last: boolean }[]): Promise<Map<string, EventState> | undefined> {
    if (asked.length === 0) return undefined;
    try {
      const states = await this.followup.settled(asked.map(({ waiting, last }) => ({ id: waiting.id, last })));
      this.isFailing = false;
      return states;
    } catch (error) {
      if (!this.isFailing) this.logger.warn({ err: error }, 'Cannot look up events that producers wait for; retrying until their time is over');
      this.isFailing = true;
      return undefined;
    }
  }

  private askAgain(waiting: Waiting, nowMs: number): void {
    // Unless the client has left meanwhile.
    if (!this.waiting.delete(waiting)) return;
    this.waiting.add(waiting);
    waiting.intervalMs = Math.min(2 * waiting.intervalMs, MAX_INTERVAL_MS);
    waiting.nextMs = Math.min(nowMs + waiting.intervalMs, Math.max(waiting.deadlineMs, nowMs));
  }

  private earliestMs(): number {
    let earliestMs = Infinity;
    for (const { nextMs } of this.waiting) earliestMs = Math.min(earliestMs, nextMs);
    return earliestMs;
  }

  private end(waiting: Waiting, state: EventState | undefined): void {
    if (!this.waiting.delete(waiting)) return;
    this.leave(waiting.tenant);
    waiting.answer(state);
    if (this.waiting.size > 0) return;
    clearTimeout(this.timer);
    this.timerAtMs = Infinity;
  }

  private leave(tenant: string): void {
    const others = (this.byTenant.get(tenant) ?? 1) - 1;
    if (others === 0) this.byTenant.delete(tenant);
    else this.byTenant.set(tenant, others);
  }
}
