import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lane, LaneError, WindowBudget } from './lane.js';

interface Item {
  readonly sequence: number;
  readonly attempts: number;
  readonly bytes: number;
}

const item = (sequence: number, bytes = 10, attempts = 0): Item => ({ sequence, attempts, bytes });

/** The deliveries of one lane and their attempts, as Postgres would have them. */
class Model {
  tail = 0;
  delivered = 0;
  sending: number | undefined;
  /** Attempts of pending deliveries, by sequence. */
  readonly pending = new Map<number, number>();
  readonly dead = new Set<number>();
  readonly starts: number[] = [];

  get head(): number | undefined {
    return this.pending.size === 0 ? undefined : Math.min(...this.pending.keys());
  }

  window(limit: number): Item[] {
    return [...this.pending].sort(([a], [b]) => a - b).slice(0, limit).map(([sequence, attempts]) => item(sequence, 10, attempts));
  }

  position() {
    const head = this.head ?? this.tail + 1;
    return { headSequence: head, tailSequence: this.tail, deliveredSequence: this.delivered, attempts: this.pending.get(head) ?? 0 };
  }
}

interface Real {
  lane: Lane<Item>;
  readonly budget: WindowBudget;
}

const MAX_WINDOW = 4;
const BUDGET_BYTES = 55;

class Admit implements fc.Command<Model, Real> {
  constructor(private readonly withItem: boolean, private readonly bytes: number) {}
  check = () => true;
  run(model: Model, real: Real): void {
    const wasIdle = real.lane.phase === 'idle';
    model.tail += 1;
    model.pending.set(model.tail, 0);
    const ready = real.lane.admit(model.tail, this.withItem ? item(model.tail, this.bytes) : undefined);
    expect(ready).toBe(wasIdle);
  }
  toString = () => `admit(${this.withItem}, ${this.bytes})`;
}

class Start implements fc.Command<Model, Real> {
  /** @param admitsDuringLoad whether a delivery is admitted while the window is being loaded */
  constructor(private readonly loaded: number, private readonly admitsDuringLoad: boolean) {}
  check = (model: Readonly<Model>) => model.sending === undefined && model.tail > 0;
  run(model: Model, real: Real): void {
    if (real.lane.phase === 'idle') {
      expect(model.head).toBeUndefined();
      return;
    }
    if (real.lane.phase === 'waiting') expect(real.lane.wake()).toBe(true);
    expect(real.lane.phase).toBe('ready');
    const started = real.lane.start();
    const head = started ?? this.load(model, real);
    if (head === undefined) return;
    expect(head.sequence).toBe(model.head);
    expect(real.lane.headSequence).toBe(model.head);
    expect(real.lane.attempts).toBe(model.pending.get(head.sequence));
    expect(real.lane.deliveredSequence).toBe(model.delivered);
    model.sending = head.sequence;
    model.starts.push(head.sequence);
  }
  private load(model: Model, real: Real): Item | undefined {
    const window = model.window(this.loaded);
    if (this.admitsDuringLoad) new Admit(true, 10).run(model, real);
    const head = real.lane.fill(window);
    if (head === undefined) {
      expect(window).toEqual([]);
      expect(real.lane.phase).toBe(model.head === undefined ? 'idle' : 'ready');
    }
    return head;
  }
  toString = () => `start(${this.loaded}, ${this.admitsDuringLoad})`;
}

class Settle implements fc.Command<Model, Real> {
  constructor(private readonly status: 'delivered' | 'dead' | 'discarded') {}
  check = (model: Readonly<Model>) => model.sending !== undefined;
  run(model: Model, real: Real): void {
    const sequence = model.sending ?? 0;
    if (this.status === 'delivered') model.delivered = Math.max(model.delivered, sequence);
    if (this.status === 'dead') model.dead.add(sequence);
    model.pending.delete(sequence);
    model.sending = undefined;
    // It may think that there is more than there is, and learns better when it looks; never the other way round.
    expect(real.lane.settle(this.status) || model.pending.size === 0).toBe(true);
  }
  toString = () => `settle(${this.status})`;
}

class Postpone implements fc.Command<Model, Real> {
  check = (model: Readonly<Model>) => model.sending !== undefined;
  run(model: Model, real: Real): void {
    const sequence = model.sending ?? 0;
    model.pending.set(sequence, (model.pending.get(sequence) ?? 0) + 1);
    model.sending = undefined;
    real.lane.postpone();
    expect(real.lane.phase).toBe('waiting');
    expect(real.lane.attempts).toBe(model.pending.get(sequence));
  }
  toString = () => 'postpone';
}

class Abort implements fc.Command<Model, Real> {
  constructor(private readonly how: 'abort' | 'defer') {}
  check = (model: Readonly<Model>) => model.sending !== undefined;
  run(model: Model, real: Real): void {
    model.sending = undefined;
    real.lane[this.how]();
    expect(real.lane.phase).toBe(this.how === 'abort' ? 'ready' : 'waiting');
  }
  toString = () => this.how;
}

/** The lane is taken as Postgres has it: by another owner, or after an operator's action, like a replay of dead letters. */
class Reload implements fc.Command<Model, Real> {
  constructor(private readonly replayed: number) {}
  check = () => true;
  run(model: Model, real: Real): void {
    for (const sequence of [...model.dead].slice(0, this.replayed)) {
      model.dead.delete(sequence);
      model.pending.set(sequence, 3);
    }
    real.lane.dropWindow();
    expect(real.budget.usedBytes).toBe(0);
    real.lane = new Lane<Item>(model.position(), MAX_WINDOW, real.budget);
    model.sending = undefined;
  }
  toString = () => `reload(${this.replayed})`;
}

describe('Lane', () => {
  it('always starts the lowest pending delivery, one at a time, in any sequence of events (1, 2)', () => {
    const start = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.boolean()).map(([loaded, admitsDuringLoad]) => new Start(loaded, admitsDuringLoad));
    const commands = fc.commands(
      [
        fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 30 })).map(([withItem, bytes]) => new Admit(withItem, bytes)),
        start,
        start,
        fc.constantFrom<'delivered' | 'dead' | 'discarded'>('delivered', 'delivered', 'dead', 'discarded').map((status) => new Settle(status)),
        fc.constant(new Postpone()),
        fc.constantFrom<'abort' | 'defer'>('abort', 'defer').map((how) => new Abort(how)),
        fc.integer({ min: 0, max: 3 }).map((replayed) => new Reload(replayed)),
      ],
      { maxCommands: 120 },
    );
    fc.assert(
      fc.property(commands, (run) => {
        const model = new Model();
        const budget = new WindowBudget(BUDGET_BYTES);
        const real: Real = { lane: new Lane<Item>(model.position(), MAX_WINDOW, budget), budget };
        fc.modelRun(() => ({ model, real }), run);
        expect(real.lane.depth).toBeGreaterThanOrEqual(model.pending.size);
        real.lane.dropWindow();
        expect(budget.usedBytes).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds no more than its window and the budget allow, but always the head', () => {
    const budget = new WindowBudget(25);
    const lane = new Lane<Item>({ headSequence: 1, tailSequence: 0, deliveredSequence: 0, attempts: 0 }, 4, budget);
    for (let sequence = 1; sequence <= 6; sequence++) lane.admit(sequence, item(sequence));
    expect(budget.usedBytes).toBe(20);
    expect(lane.start()).toEqual(item(1));
    lane.settle('delivered');
    lane.start();
    lane.settle('delivered');
    expect(lane.start()).toBeUndefined();
    expect(lane.fill([item(3, 1_000), item(4)])).toEqual(item(3, 1_000));
    expect(budget.usedBytes).toBe(1_000);
  });

  it('takes the head and its attempts from Postgres', () => {
    const lane = new Lane<Item>({ headSequence: 3, tailSequence: 5, deliveredSequence: 2, attempts: 0 }, 4, new WindowBudget(1_000));
    lane.start();
    expect(lane.fill([item(4, 10, 7), item(5)])).toEqual(item(4, 10, 7));
    expect(lane.attempts).toBe(7);
  });

  it('leaves a delivery behind its tail alone until it is told of it: the settings that it needs may not be known yet', () => {
    const lane = new Lane<Item>({ headSequence: 3, tailSequence: 5, deliveredSequence: 2, attempts: 0 }, 4, new WindowBudget(1_000));
    lane.start();
    expect([lane.fill([item(6)]), lane.phase]).toEqual([undefined, 'idle']);
    expect(lane.admit(6, undefined)).toBe(true);
    lane.start();
    expect(lane.fill([item(6)])).toEqual(item(6));
  });

  it('refuses deliveries before its head (2)', () => {
    const lane = new Lane<Item>({ headSequence: 3, tailSequence: 5, deliveredSequence: 2, attempts: 0 }, 4, new WindowBudget(1_000));
    lane.start();
    expect(() => lane.fill([item(2)])).toThrow(LaneError);
  });

  it('ignores an admission that it was loaded with', () => {
    const lane = new Lane<Item>({ headSequence: 1, tailSequence: 2, deliveredSequence: 0, attempts: 0 }, 4, new WindowBudget(1_000));
    expect(lane.admit(2, item(2))).toBe(false);
    expect(lane.depth).toBe(2);
  });

  it('refuses steps that its phase does not have', () => {
    const lane = new Lane<Item>({ headSequence: 1, tailSequence: 1, deliveredSequence: 0, attempts: 0 }, 4, new WindowBudget(1_000));
    expect(() => lane.settle('delivered')).toThrow(LaneError);
    lane.start();
    expect(() => lane.start()).toThrow(LaneError);
  });
});
