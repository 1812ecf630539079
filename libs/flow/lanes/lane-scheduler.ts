import type { AttemptEnd, EndpointBreaker } from '#domain/breaker';
import { Fifo } from '#domain/fifo';
import type { EndpointBreakers } from '#flow/breakers/endpoint-breakers';
import { type EndpointTarget, takesDeliveries } from '#flow/delivery/endpoint-directory';
import type { EndpointLimits } from '#flow/rate-limits/endpoint-limits';
import type { EndpointTokens } from '#flow/rate-limits/endpoint-tokens';
import type { SendPermit } from '#flow/rate-limits/send-permit';
import type { LaneRecord } from './shard-lanes.js';

/** Frees the endpoint's slot when the exchange is over; further calls do nothing. Without an end, the exchange says nothing about the endpoint. */
export type ReleaseSlot = (end?: AttemptEnd) => void;

/** What a lane is started with. */
export interface SendPermission {
  /** Undefined if the endpoint had no rate limit. */
  readonly token: SendPermit | undefined;
  /** Whether the endpoint's breaker still allows the request. */
  readonly isPermitted: () => boolean;
}

/** Slots that each endpoint has for itself. With 8, an endpoint that answers in 10 ms gets 800 deliveries/s. */
export const OWN_SLOTS = 8;

interface EndpointQueue {
  readonly ready: Fifo<LaneRecord>;
  readonly breaker: EndpointBreaker;
  /** Undefined while the endpoint has no rate limit. */
  tokens: EndpointTokens | undefined;
  target: EndpointTarget | undefined;
  /** Exchanges under way. */
  sending: number;
  /** Lanes running, until their outcomes' commits. */
  running: number;
}

/**
 * Decides whose turn it is. Each endpoint has its own queue of ready lanes and at most `maxConcurrency` exchanges. Its
 * first 8 running lanes use slots of the endpoint's own. Further lanes use shared slots of the process, which go to the
 * queues in turn. So an endpoint that hangs slows down only itself. An endpoint that only fails gets fewer slots, and then
 * none but those for probes: see `EndpointBreaker`. Its ready lanes stay in the queue, without windows, which other endpoints
 * need, and nothing is done for them. A lane of an endpoint with a rate limit starts with a token; while there is none, the
 * queue waits without a slot.
 */
export class LaneScheduler {
  private readonly queues = new Map<number, EndpointQueue>();
  /** Queues that have used up their own slots and wait for a shared one. */
  private readonly starved = new Set<EndpointQueue>();
  /** Shared slots in use: each queue's running lanes beyond its own slots. */
  private shared = 0;

  /**
   * @param sharedSlots most lanes that run at once beyond their endpoints' own slots; a lane runs from the
   *   start of an attempt to its outcome's commit
   * @param limits gives the tokens of endpoints with a rate limit
   * @param run runs a lane's head to its outcome; never rejects
   * @param onDeleted the endpoint is deleted and none of its lanes is running
   * @param breakers of the endpoints
   */
  constructor(
    private readonly sharedSlots: number,
    private readonly limits: Pick<EndpointLimits, 'of'>,
    private readonly run: (record: LaneRecord, release: ReleaseSlot, permission: SendPermission) => Promise<void>,
    private readonly onDeleted: (target: EndpointTarget) => void,
    private readonly breakers: Pick<EndpointBreakers, 'of' | 'nudge'>,
  ) {}

  /** The lane is ready: its head is sent when its endpoint has a slot. */
  ready(record: LaneRecord): void {
    if (record.queued) return;
    const queue = this.queueOf(record.endpoint);
    record.queued = true;
    queue.ready.push(record);
    this.pump(queue);
    if (record.queued && queue.breaker.state !== 'closed') record.lane.dropWindow();
  }

  /** The endpoint is known, has changed, or is stale: then nothing of it is started until it is read again. */
  endpointChanged(target: EndpointTarget): void {
    const queue = this.queueOf(target.id);
    const justDeleted = target.deleted && queue.target?.deleted === false;
    queue.target = target;
    queue.tokens = target.rateLimit === undefined || target.deleted ? undefined : this.limits.of(target.id, target.rateLimit, () => this.pump(queue));
    this.pump(queue);
    if (justDeleted && queue.running === 0) this.onDeleted(target);
  }

  /** The endpoint's breaker may allow more than before. */
  breakerChanged(endpoint: number): void {
    const queue = this.queues.get(endpoint);
    if (queue === undefined) return;
    if (queue.breaker.state === 'open') rotate(queue.ready, ({ lane }) => lane.dropWindow());
    this.pump(queue);
  }

  /** Whether a lane of the endpoint waits for its turn, and nothing but the breaker or slots holds it up. */
  hasReady(endpoint: number): boolean {
    const queue = this.queues.get(endpoint);
    return queue?.target !== undefined && takesDeliveries(queue.target) && queue.ready.size > 0;
  }

  /** Whether the endpoint's lanes wait for a shared slot: outcomes of its running lanes are then committed at once. */
  isStarved(endpoint: number): boolean {
    const queue = this.queues.get(endpoint);
    return queue !== undefined && this.starved.has(queue);
  }

  isDeleted(endpoint: number): boolean {
    return this.queues.get(endpoint)?.target?.deleted === true;
  }

  /** Drops removed lanes from the queues of endpoints that take nothing at the moment, or little. */
  forgetRemoved(): void {
    for (const queue of this.queues.values()) {
      if (stateOf(queue) !== 'ready' || queue.breaker.state !== 'closed') rotate(queue.ready, () => undefined);
    }
  }

  /** Reports deleted endpoints whose lanes came after the others were discarded: an admission was under way. */
  sweepDeleted(): void {
    for (const { target, ready, running } of this.queues.values()) {
      if (target?.deleted !== true || running > 0 || ready.size === 0) continue;
      for (let record = ready.shift(); record !== undefined; record = ready.shift()) record.queued = false;
      this.onDeleted(target);
    }
  }

  /**
   * Lanes that wait for their turn; `limited`: for tokens of their endpoint's rate limit; `blocked`: their endpoint is not
   * active; `stale`: its settings are being read.
   */
  counts(): { ready: number; limited: number; blocked: number; stale: number } {
    const counts = { ready: 0, limited: 0, blocked: 0, stale: 0 };
    for (const queue of this.queues.values()) counts[stateOf(queue)] += queue.ready.size;
    return counts;
  }

  private queueOf(endpoint: number): EndpointQueue {
    let queue = this.queues.get(endpoint);
    if (queue === undefined) {
      queue = { ready: new Fifo(), breaker: this.breakers.of(endpoint), tokens: undefined, target: undefined, sending: 0, running: 0 };
      this.queues.set(endpoint, queue);
    }
    return queue;
  }

  private pump(queue: EndpointQueue): void {
    const { target } = queue;
    if (target === undefined || !takesDeliveries(target)) return;
    while (queue.ready.size > 0 && queue.breaker.allows(queue.sending, target, performance.now())) {
      if (queue.running >= OWN_SLOTS && this.shared >= this.sharedSlots) {
        this.starved.add(queue);
        return;
      }
      const token = queue.tokens?.take(this.freeSlots(queue, target), queue.ready.size);
      if (queue.tokens !== undefined && token === undefined) return;
      const record = this.nextReady(queue);
      if (record === undefined) return token?.giveBack();
      this.start(queue, record, target, token);
    }
  }

  /** The next lane that may be started. */
  private nextReady({ ready }: EndpointQueue): LaneRecord | undefined {
    for (let record = ready.shift(); record !== undefined; record = ready.shift()) {
      record.queued = false;
      if (record.shard.lease.isLost || record.removed || record.stopped !== undefined || record.lane.phase !== 'ready') continue;
      if (record.shard.lease.maySend) return record;
      record.shard.held.add(record);
    }
    return undefined;
  }

  /** How many lanes of the endpoint could be started now. */
  private freeSlots({ ready, breaker, sending, running }: EndpointQueue, target: EndpointTarget): number {
    const own = Math.max(OWN_SLOTS - running, 0);
    return Math.min(ready.size, breaker.room(sending, target, performance.now()), own + Math.max(this.sharedSlots - this.shared, 0));
  }

  private start(queue: EndpointQueue, record: LaneRecord, target: EndpointTarget, token: SendPermit | undefined): void {
    queue.sending += 1;
    queue.running += 1;
    if (queue.running > OWN_SLOTS) this.shared += 1;
    const permit = queue.breaker.begin();
    let released = false;
    const release = (end?: AttemptEnd): void => {
      if (released) return;
      released = true;
      queue.sending -= 1;
      token?.giveBack();
      if (queue.breaker.end(permit, end, target.maxConcurrency)) this.breakers.nudge();
      this.pump(queue);
    };
    const isPermitted = (): boolean => queue.breaker.holds(permit, target, performance.now());
    void this.run(record, release, { token, isPermitted }).then(() => {
      const freesShared = queue.running > OWN_SLOTS;
      if (freesShared) this.shared -= 1;
      queue.running -= 1;
      release();
      // Its own slot serves this queue only, which may have waited for it since the exchange's end.
      if (freesShared) this.pumpStarved();
      else this.pump(queue);
      if (queue.target?.deleted === true && queue.running === 0) this.onDeleted(queue.target);
    });
  }

  private pumpStarved(): void {
    // Until the slot is taken: the first queue may no longer need it. This ends, since a queue waits again only when all
    // shared slots are in use.
    for (const next of this.starved) {
      if (this.shared >= this.sharedSlots) return;
      // To the back of the line: the shared slots go round.
      this.starved.delete(next);
      this.pump(next);
    }
  }
}

/** Drops removed lanes from a queue, and does something with each of the others. */
function rotate(ready: Fifo<LaneRecord>, act: (record: LaneRecord) => void): void {
  for (let left = ready.size; left > 0; left--) {
    const record = ready.shift();
    if (record?.removed !== false) continue;
    act(record);
    ready.push(record);
  }
}

function stateOf({ target, tokens }: EndpointQueue): 'ready' | 'limited' | 'blocked' | 'stale' {
  if (target === undefined || target.isStale) return 'stale';
  if (!takesDeliveries(target)) return 'blocked';
  return tokens?.isAwaited === true ? 'limited' : 'ready';
}
